-- Kepadatan kesenjangan kritis per instansi dan kompetensi.
-- Menyatakan: di antara pegawai aktif yang dinilai pada kompetensi itu, berapa yang kesenjangannya mencapai batas kritis.
-- Tidak menyatakan: keadaan pegawai yang belum dinilai.
-- Dasar: metode T03; batas kritis dari parameter t03.kesenjangan_kritis.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- kompetensi_kode: Kode kompetensi
-- n: Pegawai aktif yang dinilai
-- n_kritis: Yang kesenjangannya kritis
-- bagian: n_kritis dibagi n
SELECT
    instansi_kode,
    kompetensi_kode,
    count(*) AS n,
    count(*) FILTER (WHERE kesenjangan >= parameter('t03.kesenjangan_kritis')) AS n_kritis,
    CAST(count(*) FILTER (WHERE kesenjangan >= parameter('t03.kesenjangan_kritis')) AS DOUBLE) / count(*) AS bagian
FROM kesenjangan_kompetensi
GROUP BY instansi_kode, kompetensi_kode
ORDER BY instansi_kode, kompetensi_kode
