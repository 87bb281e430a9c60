-- Periode terakhir yang diharapkan dari setiap instansi dan himpunan data, dan tenggatnya.
-- Menyatakan: baris kalender khusus instansi didahulukan daripada baris SEMUA; tenggat yang jatuh pada akhir pekan atau hari libur
--   digeser ke hari kerja berikutnya.
-- Tidak menyatakan: periode yang lebih lama; setiap bulan laporan menyatakan periode terakhirnya sendiri.
-- Dasar: kalender kiriman dan hari libur pada tabel aturan; keduanya belum dipastikan.
WITH RECURSIVE geser AS (
    SELECT 0 AS hari
    UNION ALL
    SELECT hari + 1 AS hari FROM geser WHERE hari < parameter('kalender.geser_hari_maks')
),
kalender AS (
    SELECT i.kode AS instansi_kode, k.dataset, k.nama, k.bulan_sekali, k.hari_tenggat, k.wajib = 1 AS wajib
    FROM instansi AS i
    INNER JOIN kalender_kiriman AS k ON k.instansi_kode IN (i.kode, 'SEMUA')
    QUALIFY row_number() OVER (PARTITION BY i.kode, k.dataset ORDER BY k.instansi_kode = 'SEMUA', k.instansi_kode) = 1
),
diharapkan AS (
    SELECT
        instansi_kode, dataset, nama, hari_tenggat, wajib,
        tambah_bulan(tanggal_acuan(), -(extract(MONTH FROM tanggal_acuan()) % bulan_sekali)) AS bulan
    FROM kalender
),
jatuh AS (
    SELECT
        instansi_kode, dataset, nama, wajib,
        to_char(bulan, '%Y-%m') AS periode_diharapkan,
        CAST(tambah_bulan(make_date(extract(YEAR FROM bulan), extract(MONTH FROM bulan), 1), 1) + (hari_tenggat - 1) AS DATE) AS jatuh_tempo
    FROM diharapkan
),
calon AS (
    SELECT j.*, j.jatuh_tempo + g.hari AS tanggal
    FROM jatuh AS j
    CROSS JOIN geser AS g
)
SELECT
    c.instansi_kode,
    c.dataset,
    c.nama,
    c.wajib,
    c.periode_diharapkan,
    min(c.tanggal) AS tenggat
FROM calon AS c
LEFT JOIN hari_libur AS l ON l.tanggal = c.tanggal
WHERE l.tanggal IS NULL
    AND array_has(string_to_array(parameter_teks('kalender.hari_kerja'), ','), CAST(extract(ISODOW FROM c.tanggal) AS VARCHAR))
GROUP BY c.instansi_kode, c.dataset, c.nama, c.wajib, c.periode_diharapkan
