-- Sebaran predikat kinerja tahunan per instansi dan tahun, semua NIP yang dikirim, aktif atau tidak.
-- Menyatakan: banyaknya tiap predikat; bagian berpredikat baik ke atas; entropi 0 (semua sama) sampai 1 (merata).
-- Tidak menyatakan: bahwa nilai tinggi tidak layak; sebaran yang menumpuk hanya berarti nilai tidak dapat membedakan orang.
-- Dasar: PermenPANRB 6/2022; entropi sebaran dibagi logaritma banyaknya predikat.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- tahun: Tahun penilaian
-- n: Penilaian tahunan
-- n_1: Sangat baik
-- n_2: Baik
-- n_3: Butuh perbaikan
-- n_4: Kurang
-- n_5: Sangat kurang
-- bagian: Bagian berpredikat baik ke atas
-- entropi: Kemerataan sebaran, 0 sampai 1
WITH per_predikat AS (
    SELECT instansi_kode, tahun, predikat, count(*) AS n
    FROM penilaian_tahunan
    GROUP BY instansi_kode, tahun, predikat
)
SELECT
    instansi_kode,
    tahun,
    sum(n) AS n,
    coalesce(sum(n) FILTER (WHERE predikat = 1), 0) AS n_1,
    coalesce(sum(n) FILTER (WHERE predikat = 2), 0) AS n_2,
    coalesce(sum(n) FILTER (WHERE predikat = 3), 0) AS n_3,
    coalesce(sum(n) FILTER (WHERE predikat = 4), 0) AS n_4,
    coalesce(sum(n) FILTER (WHERE predikat = 5), 0) AS n_5,
    CAST(coalesce(sum(n) FILTER (WHERE predikat <= parameter('m10.predikat_baik_maks')), 0) AS DOUBLE) / sum(n) AS bagian,
    entropi(n) / ln(parameter('kinerja.jumlah_predikat')) AS entropi
FROM per_predikat
GROUP BY instansi_kode, tahun
ORDER BY instansi_kode, tahun
