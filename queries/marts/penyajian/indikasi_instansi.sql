-- Banyaknya indikasi untuk ditelaah per instansi dan SEMUA yang aman disajikan: kerabat dalam rantai komando (N01), dalam panitia seleksi (N03),
-- sebagai penilai (N04), yang belum dideklarasikan (N11), dan pemenang terhubung yang bukan peringkat satu (N14).
-- Menyatakan: banyaknya baris; nol disebut nol, di bawah batas sel kosong. Yang diminta adalah pernyataan dan pengaturan, bukan hukuman.
-- Tidak menyatakan: pelanggaran, apalagi oleh siapa. N13 disajikan pada n13_penyajian karena berupa uji, bukan hitungan.
-- Dasar: metode bagian 4 (H1: bagi pimpinan hanya hitungan mulai lima) dan 5; PermenPANRB 17/2024.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- indikator: N01, N03, N04, N11, atau N14
-- n: Banyaknya indikasi
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: SEL_KECIL atau PELENGKAP
WITH baris AS (
    SELECT instansi_kode, 'N01' AS indikator FROM n01
    UNION ALL
    SELECT instansi_kode, 'N03' AS indikator FROM n03
    UNION ALL
    SELECT instansi_kode, 'N04' AS indikator FROM n04
    UNION ALL
    SELECT instansi_kode, 'N11' AS indikator FROM n11
    UNION ALL
    SELECT instansi_kode, 'N14' AS indikator FROM n14
),
unit AS (
    SELECT instansi_kode FROM instansi_kini
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode
),
hitungan AS (
    SELECT u.instansi_kode, i.indikator, count(b.instansi_kode) AS n
    FROM unit AS u
    CROSS JOIN (VALUES ('N01'), ('N03'), ('N04'), ('N11'), ('N14')) AS i (indikator)
    LEFT JOIN baris AS b ON b.indikator = i.indikator AND (b.instansi_kode = u.instansi_kode OR u.instansi_kode = 'SEMUA')
    GROUP BY u.instansi_kode, i.indikator
),
dijaga AS (
    SELECT
        *,
        sel_ditahan(
            CASE WHEN instansi_kode = 'SEMUA' THEN 'AKHIR' ELSE 'AWAL' END,
            CASE WHEN instansi_kode = 'SEMUA' THEN 'AWAL' ELSE 'AKHIR' END,
            n, NULL, CASE WHEN n > 0 AND n < parameter('penyajian.sel_min') THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            n, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (PARTITION BY indikator ORDER BY instansi_kode) AS ditahan
    FROM hitungan
),
dinilai AS (
    SELECT
        instansi_kode, indikator, n,
        CASE WHEN n > 0 AND n < parameter('penyajian.sel_min') THEN 'SEL_KECIL' WHEN ditahan THEN 'PELENGKAP' END AS alasan
    FROM dijaga
)
SELECT
    instansi_kode,
    indikator,
    CASE WHEN alasan IS NULL THEN n END AS n,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode, indikator
