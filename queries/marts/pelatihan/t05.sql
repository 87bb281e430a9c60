-- Kebutuhan kompetensi yang belum terlayani per instansi.
-- Menyatakan: dari setiap kesenjangan (satu orang, satu kompetensi), berapa yang tidak diikuti pelatihan berkode kompetensi itu dalam jendela.
-- Tidak menyatakan: mutu pelatihannya; pelatihan tanpa kode kompetensi tidak dapat dicocokkan, maka bagian ini cenderung terlalu tinggi.
-- Dasar: metode T05; PP 11/2017 pasal 206.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- n_kebutuhan: Kesenjangan, satu orang satu kompetensi
-- n_belum_terlayani: Tanpa pelatihan yang cocok dalam jendela
-- bagian: n_belum_terlayani dibagi n_kebutuhan
WITH jendela_pelatihan AS (
    SELECT tambah_bulan(tanggal_acuan(), -parameter('t05.jendela_bulan')) AS sesudah
),
terlayani AS (
    SELECT DISTINCT d.instansi_kode, d.nip, d.kompetensi_kode
    FROM pelatihan_kini AS d
    CROSS JOIN jendela_pelatihan AS w
    WHERE d.kompetensi_kode IS NOT NULL AND d.tgl_selesai > w.sesudah
),
hitungan AS (
    SELECT k.instansi_kode, count(*) AS n_kebutuhan, count(*) FILTER (WHERE t.nip IS NULL) AS n_belum_terlayani
    FROM kesenjangan_kompetensi AS k
    LEFT JOIN terlayani AS t ON t.instansi_kode = k.instansi_kode AND t.nip = k.nip AND t.kompetensi_kode = k.kompetensi_kode
    WHERE k.kesenjangan >= parameter('kebutuhan.kesenjangan_min')
    GROUP BY k.instansi_kode
)
SELECT
    s.instansi_kode,
    coalesce(h.n_kebutuhan, 0) AS n_kebutuhan,
    coalesce(h.n_belum_terlayani, 0) AS n_belum_terlayani,
    CAST(h.n_belum_terlayani AS DOUBLE) / h.n_kebutuhan AS bagian
FROM instansi_kini AS s
LEFT JOIN hitungan AS h ON h.instansi_kode = s.instansi_kode
ORDER BY s.instansi_kode
