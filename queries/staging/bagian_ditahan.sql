-- Pembilang bagian yang ditahan di dalam pemerintahan: satu baris per (indikator, kelompok, instansi atau SEMUA).
-- Menyatakan: ditahan karena selnya kecil, penyebutnya kurang, atau sebagai pelengkap; bagian yang selnya bersama tabel lain diputuskan bersama tabel itu.
--   n_ditahan: penyebutnya sendiri sel dari susunan itu, dan ditahan. Yang belum dinilai kinerjanya tampil pada peta talenta, maka
--   pembilang cakupan IP ASN tidak dapat naik sejauh n - k, kecil atau tidak.
-- Tidak menyatakan: alasannya; itu pada bagian_dinilai.
-- Dasar: metode bagian 8; fungsi sel_ditahan.
WITH keadaan_ruas AS (
    SELECT
        r.*,
        coalesce(b.n_ditahan OR j.ditahan, b.n_ditahan, false) AS n_tidak_disebut,
        coalesce(b.penyebut_kecil OR b.n_ditahan OR b.sel_terkecil < parameter('penyajian.sel_min'), false)
            OR coalesce(j.ditahan, false)
            OR (r.k > 0 AND r.k < parameter('penyajian.sel_min'))
            OR (r.n - r.k > 0 AND r.n - r.k < parameter('penyajian.sel_min')) AS kecil
    FROM ruas_bagian AS r
    LEFT JOIN baris_bagian AS b ON b.indikator = r.indikator AND b.kelompok = r.kelompok AND b.instansi_kode = r.instansi_kode
    LEFT JOIN kebutuhan_ditahan AS j ON r.indikator = 'T05' AND j.kelompok = 'JUMLAH' AND j.instansi_kode = r.instansi_kode
),
sendiri AS (
    SELECT
        indikator, kelompok, instansi_kode,
        sel_ditahan(
            dari, ke,
            CASE WHEN kecil THEN k ELSE turun END,
            CASE WHEN n_tidak_disebut THEN NULL WHEN kecil AND indikator <> 'IP_ASN' THEN n - k ELSE naik END,
            CASE WHEN kecil THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (PARTITION BY keluarga ORDER BY kelompok, instansi_kode) AS ditahan
    FROM keadaan_ruas
)
SELECT s.indikator, s.kelompok, s.instansi_kode, s.ditahan, coalesce(j.ditahan, false) AS n_ditahan
FROM sendiri AS s
LEFT JOIN kebutuhan_ditahan AS j ON s.indikator = 'T05' AND j.kelompok = 'JUMLAH' AND j.instansi_kode = s.instansi_kode
WHERE s.indikator <> 'T09' AND s.kelompok <> 'SISA'
UNION ALL
SELECT 'KEBUTUHAN' AS indikator, kelompok, instansi_kode, ditahan, false AS n_ditahan
FROM kebutuhan_ditahan
WHERE kelompok <> 'JUMLAH'
UNION ALL
SELECT
    'T09' AS indikator, CASE WHEN sel = 'STRUKTURAL' THEN sel ELSE 'SEMUA' END AS kelompok, instansi_kode, ditahan, false AS n_ditahan
FROM peta_ditahan
WHERE sel IN ('BELUM_ASESMEN', 'STRUKTURAL')
UNION ALL
SELECT
    'TALENTA' AS indikator, 'DIPETAKAN' AS kelompok, instansi_kode,
    bool_or(ditahan) AS ditahan, bool_or(ditahan) FILTER (WHERE sel = 'DIPETAKAN') AS n_ditahan
FROM peta_ditahan
WHERE sel IN ('DIPETAKAN', 'SUKSESI', 'BUKAN_SUKSESI')
GROUP BY instansi_kode
UNION ALL
SELECT
    'M01' AS indikator, syarat AS kelompok, instansi_kode,
    bool_or(ditahan) AS ditahan, bool_or(ditahan) FILTER (WHERE keadaan = 'BERLAKU') AS n_ditahan
FROM promosi_ditahan
WHERE keadaan IN ('BERLAKU', 'MEMENUHI')
GROUP BY syarat, instansi_kode
UNION ALL
SELECT
    CASE WHEN indikator = 'LAINNYA' THEN 'M10' ELSE indikator END AS indikator, kelompok, instansi_kode,
    bool_or(ditahan) AS ditahan, false AS n_ditahan
FROM predikat_ditahan
WHERE indikator <> 'BAIK'
GROUP BY 1, 2, 3
