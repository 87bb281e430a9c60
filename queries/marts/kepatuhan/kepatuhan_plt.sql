-- Penugasan Plt yang masih berjalan dan yang melampaui batas, per instansi dan SEMUA.
-- Menyatakan: banyaknya rangkaian Plt; angka yang ditahan pada penyajian bagian M11 (sel kecil dan pelengkapnya) kosong pula di sini (DISAMARKAN).
-- Tidak menyatakan: sebab jabatan belum terisi.
-- Dasar: SE BKN 1/SE/I/2021; M11; metode bagian 8.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_berjalan: Rangkaian Plt yang masih berjalan
-- n_lama: Di antaranya yang melampaui batas
-- batas_hari: Lama yang masih wajar, hari
-- status: ADA, TIDAK_ADA, atau DISAMARKAN
WITH unit AS (
    SELECT instansi_kode FROM instansi_kini
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode
)
SELECT
    u.instansi_kode,
    CASE WHEN b.n IS NULL THEN 0 WHEN NOT b.n_ditahan THEN b.n END AS n_berjalan,
    CASE WHEN b.n IS NULL THEN 0 WHEN b.alasan IS NULL THEN b.k END AS n_lama,
    CAST(parameter('m11.hari_maks') AS BIGINT) AS batas_hari,
    CASE WHEN b.n IS NULL THEN 'TIDAK_ADA' WHEN b.n_ditahan OR b.alasan IS NOT NULL THEN 'DISAMARKAN' ELSE 'ADA' END AS status
FROM unit AS u
LEFT JOIN bagian_dinilai AS b ON b.indikator = 'M11' AND b.instansi_kode = u.instansi_kode
ORDER BY u.instansi_kode
