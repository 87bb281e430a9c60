-- Pemenang terhubung yang bukan peringkat satu.
-- Menyatakan: indikasi untuk ditelaah; selisih nilai dengan peserta terbaik dan jalur hubungannya.
-- Tidak menyatakan: pelanggaran. PPK boleh memilih satu dari tiga nama; yang diperlukan hanya alasan tertulis.
-- Dasar: metode N14; PermenPANRB 15/2019.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- seleksi_id: Kode seleksi
-- nip: NIP pemenang
-- peringkat: Peringkat pemenang
-- selisih: Selisih skor dengan peserta terbaik
-- jalur: Jalur hubungan pemenang
SELECT
    m.instansi_kode,
    m.seleksi_id,
    m.nip_terpilih AS nip,
    m.peringkat,
    m.selisih,
    n.jalur
FROM m07 AS m
INNER JOIN n13_seleksi AS n ON n.instansi_kode = m.instansi_kode AND n.seleksi_id = m.seleksi_id
WHERE m.peringkat > 1 AND n.pemenang_terhubung
ORDER BY m.instansi_kode, m.seleksi_id, nip
