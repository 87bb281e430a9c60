-- Sel sebaran predikat kinerja per tahun yang ditahan: berpredikat baik ke atas, dan yang terbaik di antaranya.
-- Menyatakan: satu baris per (indikator M10 atau M10_TERBAIK, tahun, instansi atau SEMUA).
-- Tidak menyatakan: penyebutnya; itu pada penyebut_ditahan.
-- Dasar: metode bagian 8; penilaian = terbaik + baik + selebihnya, dan instansi menjadi jumlah provinsi.
WITH sebaran AS (
    SELECT
        b.kelompok AS tahun, b.instansi_kode, b.n AS n_dinilai, b.k AS n_baik, t.k AS n_terbaik,
        b.penyebut_kecil OR b.n_ditahan AS tertutup
    FROM baris_bagian AS b
    INNER JOIN baris_bagian AS t ON t.indikator = 'M10_TERBAIK' AND t.kelompok = b.kelompok AND t.instansi_kode = b.instansi_kode
    WHERE b.indikator = 'M10'
),
sel AS (
    SELECT tahun, instansi_kode, tertutup, 'M10' AS sel, instansi_kode AS hulu, concat(instansi_kode, '/BAIK') AS hilir, n_baik AS n, n_dinilai - n_baik AS sisa
    FROM sebaran
    UNION ALL
    SELECT tahun, instansi_kode, tertutup, 'LAINNYA' AS sel, instansi_kode AS hulu, 'LAINNYA' AS hilir, n_dinilai - n_baik AS n, n_baik AS sisa
    FROM sebaran
    UNION ALL
    SELECT
        tahun, instansi_kode, tertutup, 'M10_TERBAIK' AS sel, concat(instansi_kode, '/BAIK') AS hulu, 'TERBAIK' AS hilir,
        n_terbaik AS n, n_dinilai - n_terbaik AS sisa
    FROM sebaran
    UNION ALL
    SELECT
        tahun, instansi_kode, tertutup, 'BAIK' AS sel, concat(instansi_kode, '/BAIK') AS hulu, 'BAIK' AS hilir,
        n_baik - n_terbaik AS n, 0 AS sisa
    FROM sebaran
),
ruas AS (
    SELECT
        tahun, instansi_kode, sel, n,
        CASE WHEN instansi_kode <> 'SEMUA' THEN hulu WHEN sel = 'M10' THEN 'SEMUA/BAIK' ELSE hilir END AS dari,
        CASE WHEN instansi_kode <> 'SEMUA' THEN hilir WHEN sel IN ('M10', 'LAINNYA') THEN 'AKHIR' ELSE 'SEMUA/BAIK' END AS ke,
        tertutup
            OR (n > 0 AND n < parameter('penyajian.sel_min'))
            OR (sisa > 0 AND sisa < parameter('penyajian.sel_min')) AS kecil,
        CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') * n ELSE n END AS biaya
    FROM sel
)
SELECT
    sel AS indikator,
    tahun AS kelompok,
    instansi_kode,
    sel_ditahan(
        dari, ke, n, NULL, CASE WHEN kecil THEN 'TERTUTUP' ELSE 'TERBUKA' END,
        CAST(biaya AS BIGINT), CAST(parameter('penyajian.sel_min') AS BIGINT)
    ) OVER (PARTITION BY tahun ORDER BY sel, instansi_kode) AS ditahan
FROM ruas
