-- PNS aktif tanpa penilaian kompetensi yang masih berlaku, per instansi: semua, dan pejabat struktural.
-- Menyatakan: bagian yang penilaiannya tidak ada atau sudah lewat masa berlaku pada D.
-- Tidak menyatakan: bahwa orangnya tidak cakap.
-- Dasar: Peraturan BKN 26/2019 pasal 29 ayat 4.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- kelompok: SEMUA atau STRUKTURAL
-- n: PNS aktif
-- n_tanpa: Tanpa penilaian kompetensi yang berlaku
-- bagian: n_tanpa dibagi n
WITH pns_aktif AS (
    SELECT p.instansi_kode, p.struktural, a.nip IS NULL AS tanpa_asesmen
    FROM pegawai_kini AS p
    LEFT JOIN asesmen_berlaku AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip
    WHERE p.aktif AND p.jenis_asn = 'PNS'
),
kelompok_dinilai AS (
    SELECT instansi_kode, 'SEMUA' AS kelompok, tanpa_asesmen FROM pns_aktif
    UNION ALL
    SELECT instansi_kode, 'STRUKTURAL' AS kelompok, tanpa_asesmen FROM pns_aktif WHERE struktural
),
hitungan AS (
    SELECT instansi_kode, kelompok, count(*) AS n, count(*) FILTER (WHERE tanpa_asesmen) AS n_tanpa
    FROM kelompok_dinilai
    GROUP BY instansi_kode, kelompok
)
SELECT
    s.instansi_kode,
    g.kelompok,
    coalesce(h.n, 0) AS n,
    coalesce(h.n_tanpa, 0) AS n_tanpa,
    CAST(h.n_tanpa AS DOUBLE) / h.n AS bagian
FROM instansi_kini AS s
CROSS JOIN (VALUES ('SEMUA'), ('STRUKTURAL')) AS g (kelompok)
LEFT JOIN hitungan AS h ON h.instansi_kode = s.instansi_kode AND h.kelompok = g.kelompok
ORDER BY s.instansi_kode, g.kelompok
