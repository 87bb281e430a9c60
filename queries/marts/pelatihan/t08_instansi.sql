-- Ketertinggalan pelatihan kepemimpinan per instansi dan jenjang; hanya jenjang yang ada pejabatnya.
-- Menyatakan: bagian pejabat melewati tenggang yang belum menyelesaikan pelatihan wajibnya.
-- Tidak menyatakan: pejabat yang belum melewati tenggang.
-- Dasar: T08.
SELECT
    instansi_kode,
    jenjang,
    count(*) AS n,
    count(*) FILTER (WHERE tertinggal) AS n_tertinggal,
    CAST(count(*) FILTER (WHERE tertinggal) AS DOUBLE) / count(*) AS bagian
FROM t08
GROUP BY instansi_kode, jenjang
ORDER BY instansi_kode, jenjang
