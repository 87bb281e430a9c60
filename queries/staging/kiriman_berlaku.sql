-- Kiriman yang berbicara untuk periode laporan: satu baris per (himpunan data, instansi, cakupan).
-- Menyatakan: kiriman terbaru yang periodenya tidak sesudah periode laporan, beserta umurnya dalam bulan.
--   Kiriman SEMUA dan kiriman per bagian saling mengakhiri: yang periodenya lebih lama tidak dihitung lagi.
-- Tidak menyatakan: apakah isi kiriman itu benar; itu tugas pemeriksaan mutu.
-- Dasar: aturan pemuatan 0.4 dan istilah umum indikator. Baris tanpa periode dianggap kiriman periode laporan.
WITH kiriman AS (
    SELECT 'pegawai' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM pegawai
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'unor' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM unor
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'riwayat_jabatan' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM riwayat_jabatan
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'riwayat_pendidikan' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM riwayat_pendidikan
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT
        'kinerja' AS dataset, instansi_kode,
        coalesce(cakupan, concat(tahun, '-', rentang)) AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM kinerja
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'pelatihan' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM pelatihan
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'asesmen' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM asesmen
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'standar_kompetensi' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM standar_kompetensi
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'hukuman_disiplin' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM hukuman_disiplin
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'keluarga' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM keluarga
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'seleksi' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM seleksi
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'seleksi_kandidat' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM seleksi_kandidat
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'seleksi_panel' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM seleksi_panel
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'seleksi_nilai' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM seleksi_nilai
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'pejabat_politik' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM pejabat_politik
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'merit_indikator' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM merit_indikator
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT 'komitmen' AS dataset, instansi_kode, coalesce(cakupan, '') AS cakupan, coalesce(periode, periode_acuan()) AS periode
    FROM komitmen
    GROUP BY 1, 2, 3, 4
),
terbaru AS (
    SELECT dataset, instansi_kode, cakupan, max(periode) AS periode
    FROM kiriman
    WHERE periode <= periode_acuan()
    GROUP BY dataset, instansi_kode, cakupan
),
berdampingan AS (
    SELECT
        dataset, instansi_kode, cakupan, periode,
        max(periode) FILTER (WHERE cakupan = 'SEMUA') OVER (PARTITION BY dataset, instansi_kode) AS periode_semua,
        max(periode) FILTER (WHERE cakupan <> 'SEMUA') OVER (PARTITION BY dataset, instansi_kode) AS periode_bagian
    FROM terbaru
)
SELECT
    dataset, instansi_kode, cakupan, periode,
    12 * (CAST(split_part(periode_acuan(), '-', 1) AS BIGINT) - CAST(split_part(periode, '-', 1) AS BIGINT))
        + CAST(split_part(periode_acuan(), '-', 2) AS BIGINT) - CAST(split_part(periode, '-', 2) AS BIGINT) AS umur_bulan
FROM berdampingan
WHERE periode >= coalesce(CASE WHEN cakupan = 'SEMUA' THEN periode_bagian ELSE periode_semua END, periode)
