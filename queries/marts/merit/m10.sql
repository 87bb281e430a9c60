-- Sebaran predikat kinerja tahunan per instansi dan tahun, semua NIP yang dikirim, aktif atau tidak.
-- Menyatakan: banyaknya tiap predikat; bagian berpredikat baik ke atas; entropi 0 (semua sama) sampai 1 (merata).
-- Tidak menyatakan: bahwa nilai tinggi tidak layak; sebaran yang menumpuk hanya berarti nilai tidak dapat membedakan orang.
-- Dasar: PermenPANRB 6/2022; entropi sebaran dibagi logaritma banyaknya predikat.
SELECT
    instansi_kode,
    tahun,
    count(*) AS n,
    count(*) FILTER (WHERE predikat = 1) AS n_1,
    count(*) FILTER (WHERE predikat = 2) AS n_2,
    count(*) FILTER (WHERE predikat = 3) AS n_3,
    count(*) FILTER (WHERE predikat = 4) AS n_4,
    count(*) FILTER (WHERE predikat = 5) AS n_5,
    CAST(count(*) FILTER (WHERE predikat <= parameter('m10.predikat_baik_maks')) AS DOUBLE) / count(*) AS bagian,
    entropi(predikat) / ln(parameter('kinerja.jumlah_predikat')) AS entropi
FROM penilaian_tahunan
GROUP BY instansi_kode, tahun
ORDER BY instansi_kode, tahun
