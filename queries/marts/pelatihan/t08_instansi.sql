-- Ketertinggalan pelatihan kepemimpinan per instansi dan jenjang; hanya jenjang yang ada pejabatnya.
-- Menyatakan: bagian pejabat melewati tenggang yang belum menyelesaikan pelatihan wajibnya.
-- Tidak menyatakan: pejabat yang belum melewati tenggang.
-- Dasar: T08.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- jenjang: Jenjang jabatan
-- n: Pejabat melewati tenggang
-- n_tertinggal: Yang belum menyelesaikan pelatihan wajib
-- bagian: n_tertinggal dibagi n
SELECT
    instansi_kode,
    jenjang,
    count(*) AS n,
    count(*) FILTER (WHERE tertinggal) AS n_tertinggal,
    CAST(count(*) FILTER (WHERE tertinggal) AS DOUBLE) / count(*) AS bagian
FROM t08
GROUP BY instansi_kode, jenjang
ORDER BY instansi_kode, jenjang
