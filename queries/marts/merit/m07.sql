-- Kepatuhan pada peringkat: setiap seleksi terbuka yang sudah selesai, pemenangnya, dan selisih nilainya dengan nilai terbaik.
-- Menyatakan: peringkat pemenang; selisih = nilai terbaik di antara semua peserta dikurangi nilai pemenang.
-- Tidak menyatakan: bahwa memilih peringkat kedua atau ketiga keliru; PPK boleh memilih satu dari tiga nama.
-- Dasar: PermenPANRB 15/2019; metode M07.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- seleksi_id: Kode seleksi
-- nip_terpilih: Pemenang
-- peringkat: Peringkat pemenang
-- peringkat_satu: Pemenang adalah peringkat satu
-- nilai_terpilih: Skor pemenang
-- nilai_terbaik: Skor tertinggi di antara semua peserta
-- selisih: nilai_terbaik dikurangi nilai_terpilih
WITH terbaik AS (
    SELECT instansi_kode, seleksi_id, max(skor) AS skor
    FROM skor_kandidat
    GROUP BY instansi_kode, seleksi_id
)
SELECT
    s.instansi_kode,
    s.seleksi_id,
    p.nip AS nip_terpilih,
    p.peringkat,
    CASE WHEN p.nip IS NOT NULL THEN coalesce(p.peringkat = 1, false) END AS peringkat_satu,
    n.skor AS nilai_terpilih,
    t.skor AS nilai_terbaik,
    t.skor - n.skor AS selisih
FROM seleksi_kini AS s
LEFT JOIN pemenang_seleksi AS p ON p.instansi_kode = s.instansi_kode AND p.seleksi_id = s.seleksi_id
LEFT JOIN skor_kandidat AS n ON n.instansi_kode = p.instansi_kode AND n.seleksi_id = p.seleksi_id AND n.nip = p.nip
LEFT JOIN terbaik AS t ON t.instansi_kode = s.instansi_kode AND t.seleksi_id = s.seleksi_id
WHERE s.selesai
ORDER BY s.instansi_kode, s.seleksi_id
