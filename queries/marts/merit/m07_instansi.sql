-- Kepatuhan pada peringkat seleksi per instansi.
-- Menyatakan: bagian seleksi selesai yang dimenangi peringkat satu, di antara yang ada pemenangnya; rata-rata selisih nilai.
-- Tidak menyatakan: pelanggaran; seratus persen bukan patokan, bila dipilih acak dari tiga nama hasilnya sepertiga.
-- Dasar: M07.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- n_selesai: Seleksi selesai
-- n_terpilih: Seleksi yang ada pemenangnya
-- n_peringkat_satu: Dimenangi peringkat satu
-- bagian: n_peringkat_satu dibagi n_terpilih
-- selisih_rata: Rata-rata selisih skor
SELECT
    i.instansi_kode,
    count(s.seleksi_id) AS n_selesai,
    count(s.nip_terpilih) AS n_terpilih,
    count(*) FILTER (WHERE s.peringkat_satu) AS n_peringkat_satu,
    CAST(count(*) FILTER (WHERE s.peringkat_satu) AS DOUBLE) / nullif(count(s.nip_terpilih), 0) AS bagian,
    CAST(sum(CAST(s.selisih AS DECIMAL(38, 12))) AS DOUBLE) / nullif(count(s.selisih), 0) AS selisih_rata
FROM instansi_kini AS i
LEFT JOIN m07 AS s ON s.instansi_kode = i.instansi_kode
GROUP BY i.instansi_kode
ORDER BY i.instansi_kode
