-- Pemenuhan jam pelajaran per instansi.
-- Menyatakan: bagian PNS aktif yang jamnya cukup pada tahun D; di sampingnya jumlah PPPK dan yang melewati batas jam.
-- Tidak menyatakan: apakah pelatihannya mengenai kebutuhan.
-- Dasar: PP 11/2017 pasal 203 ayat 4; PP 49/2018 pasal 40 ayat 1.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- n_pns: PNS aktif
-- n_cukup: PNS yang jamnya cukup
-- bagian: n_cukup dibagi n_pns
-- n_pppk: PPPK aktif, paruh waktu termasuk
-- n_pppk_lewat: PPPK yang melewati batas jam
WITH hitungan AS (
    SELECT
        s.instansi_kode,
        count(t.nip) FILTER (WHERE t.jenis_asn = 'PNS') AS n_pns,
        count(t.nip) FILTER (WHERE t.jenis_asn = 'PNS' AND t.kekurangan = 0) AS n_cukup,
        count(t.nip) FILTER (WHERE t.jenis_asn <> 'PNS') AS n_pppk,
        count(t.nip) FILTER (WHERE t.jenis_asn <> 'PNS' AND t.lewat_batas) AS n_pppk_lewat
    FROM instansi_kini AS s
    LEFT JOIN t01 AS t ON t.instansi_kode = s.instansi_kode
    GROUP BY s.instansi_kode
)
SELECT
    instansi_kode,
    n_pns,
    n_cukup,
    CAST(n_cukup AS DOUBLE) / nullif(n_pns, 0) AS bagian,
    n_pppk,
    n_pppk_lewat
FROM hitungan
ORDER BY instansi_kode
