-- Kebutuhan pengembangan per perangkat daerah yang aman disajikan.
-- Menyatakan: PNS aktif, bagian yang jam pelajarannya kurang, dan bagian yang tanpa penilaian kompetensi yang berlaku. Sel kecil dikosongkan, begitu
--   pula perangkat daerah yang angkanya perlu menutupinya, agar tidak terhitung dari jumlah instansi pada bagian_instansi; semuanya bila
--   jumlah itu sendiri tertutup.
-- Tidak menyatakan: peringkat; perangkat daerah berbeda tugas dan jenis jabatannya.
-- Dasar: PP 11/2017 pasal 203; Peraturan BKN 26/2019 pasal 29 ayat 4; perangkat daerah menurut pohon unit organisasi.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- unor_id: Perangkat daerah
-- opd: Nama perangkat daerah
-- n_pns: PNS aktif; kosong bila terlalu sedikit untuk disebut
-- n_kurang_jp: PNS yang jam pelajarannya kurang
-- bagian_kurang_jp: n_kurang_jp dibagi n_pns
-- jp_status: ADA atau DISAMARKAN
-- n_tanpa_asesmen: PNS tanpa penilaian kompetensi yang berlaku
-- bagian_tanpa_asesmen: n_tanpa_asesmen dibagi n_pns
-- asesmen_status: ADA atau DISAMARKAN
WITH orang_opd AS (
    SELECT
        p.instansi_kode, coalesce(o.opd_id, p.unor_id, '') AS unor_id, coalesce(o.opd, 'Tanpa unit yang dikenal') AS opd,
        coalesce(t.kekurangan > 0, false) AS kurang_jp,
        b.nip IS NULL AS tanpa_asesmen
    FROM pegawai_kini AS p
    LEFT JOIN opd_unor AS o ON o.instansi_kode = p.instansi_kode AND o.unor_id = p.unor_id
    LEFT JOIN t01 AS t ON t.instansi_kode = p.instansi_kode AND t.nip = p.nip
    LEFT JOIN asesmen_berlaku AS b ON b.instansi_kode = p.instansi_kode AND b.nip = p.nip
    WHERE p.aktif AND p.jenis_asn = 'PNS'
),
hitungan AS (
    SELECT
        instansi_kode, unor_id, max(opd) AS opd, count(*) AS n,
        count(*) FILTER (WHERE kurang_jp) AS k_jp,
        count(*) FILTER (WHERE tanpa_asesmen) AS k_asesmen
    FROM orang_opd
    GROUP BY instansi_kode, unor_id
),
bagian_instansi_itu AS (
    SELECT
        h.instansi_kode, h.unor_id, h.opd, h.n, h.k_jp, h.k_asesmen,
        coalesce(p.ditahan, false) AS n_induk_ditahan,
        j.alasan IS NOT NULL AS jp_induk_ditahan,
        a.alasan IS NOT NULL AS asesmen_induk_ditahan
    FROM hitungan AS h
    LEFT JOIN penyebut_ditahan AS p ON p.keluarga = 'PNS' AND NOT p.anak AND p.instansi_kode = h.instansi_kode
    LEFT JOIN bagian_dinilai AS j ON j.indikator = 'T01' AND j.instansi_kode = h.instansi_kode
    LEFT JOIN bagian_dinilai AS a ON a.indikator = 'T09' AND a.kelompok = 'SEMUA' AND a.instansi_kode = h.instansi_kode
),
ruas AS (
    SELECT
        instansi_kode, unor_id, opd, n, k_jp, k_asesmen, 'AWAL' AS dari, 'AKHIR' AS ke, n AS biaya,
        n < parameter('penyajian.sel_min') AS n_tertutup, jp_induk_ditahan AS jp_tertutup, asesmen_induk_ditahan AS asesmen_tertutup
    FROM bagian_instansi_itu
    UNION ALL
    SELECT
        instansi_kode, NULL AS unor_id, NULL AS opd, sum(n) AS n, sum(k_jp) AS k_jp, sum(k_asesmen) AS k_asesmen,
        'AKHIR' AS dari, 'AWAL' AS ke, sum(n) AS biaya,
        bool_or(n_induk_ditahan) AS n_tertutup, bool_or(jp_induk_ditahan) AS jp_tertutup, bool_or(asesmen_induk_ditahan) AS asesmen_tertutup
    FROM bagian_instansi_itu
    GROUP BY instansi_kode
),
penyebut AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, CASE WHEN unor_id IS NOT NULL OR n_tertutup THEN greatest(n - greatest(k_jp, k_asesmen), least(k_jp, k_asesmen)) ELSE 0 END,
            CASE WHEN unor_id IS NOT NULL OR n_tertutup THEN NULL ELSE 0 END,
            CASE WHEN n_tertutup THEN 'TERTUTUP' ELSE 'TERBUKA' END, biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (PARTITION BY instansi_kode ORDER BY unor_id) AS n_ditahan
    FROM ruas
),
pembilang AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, CASE WHEN unor_id IS NOT NULL OR jp_tertutup THEN k_jp ELSE 0 END,
            CASE WHEN unor_id IS NOT NULL OR jp_tertutup THEN n - k_jp ELSE 0 END,
            CASE
                WHEN jp_tertutup OR (unor_id IS NOT NULL AND (n_ditahan
                    OR (k_jp > 0 AND k_jp < parameter('penyajian.sel_min'))
                    OR (n > k_jp AND n - k_jp < parameter('penyajian.sel_min')))) THEN 'TERTUTUP'
                ELSE 'TERBUKA'
            END, biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (PARTITION BY instansi_kode ORDER BY unor_id) AS jp_ditahan,
        sel_ditahan(
            dari, ke, CASE WHEN unor_id IS NOT NULL OR asesmen_tertutup THEN k_asesmen ELSE 0 END,
            CASE WHEN unor_id IS NOT NULL OR asesmen_tertutup THEN n - k_asesmen ELSE 0 END,
            CASE
                WHEN asesmen_tertutup OR (unor_id IS NOT NULL AND (n_ditahan
                    OR (k_asesmen > 0 AND k_asesmen < parameter('penyajian.sel_min'))
                    OR (n > k_asesmen AND n - k_asesmen < parameter('penyajian.sel_min')))) THEN 'TERTUTUP'
                ELSE 'TERBUKA'
            END, biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (PARTITION BY instansi_kode ORDER BY unor_id) AS asesmen_ditahan
    FROM penyebut
)
SELECT
    instansi_kode,
    unor_id,
    opd,
    CASE WHEN NOT n_ditahan THEN n END AS n_pns,
    CASE WHEN NOT jp_ditahan THEN k_jp END AS n_kurang_jp,
    CASE WHEN NOT jp_ditahan THEN CAST(k_jp AS DOUBLE) / n END AS bagian_kurang_jp,
    CASE WHEN jp_ditahan THEN 'DISAMARKAN' ELSE 'ADA' END AS jp_status,
    CASE WHEN NOT asesmen_ditahan THEN k_asesmen END AS n_tanpa_asesmen,
    CASE WHEN NOT asesmen_ditahan THEN CAST(k_asesmen AS DOUBLE) / n END AS bagian_tanpa_asesmen,
    CASE WHEN asesmen_ditahan THEN 'DISAMARKAN' ELSE 'ADA' END AS asesmen_status
FROM pembilang
WHERE unor_id IS NOT NULL
ORDER BY instansi_kode, unor_id
