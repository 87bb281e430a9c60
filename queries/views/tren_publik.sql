-- Perjalanan setiap bagian dari bulan ke bulan, yang boleh terbit, per instansi dan SEMUA, terhadap bulan terhitung sebelumnya.
-- Menyatakan: selisih hanya bila kedua bulannya DAPAT_DINILAI; jarak_bulan = selisih bulan kalender, lebih dari satu berarti ada bulan yang tidak dihitung.
--   bertumpuk = selang kedua bulan itu bertumpuk, maka bedanya tidak dapat dipastikan.
-- Tidak menyatakan: angka bulan yang tidak dihitung (tidak pernah ditaksir), sebab perubahannya, atau angka yang ditahan pada bulan mana pun.
-- Dasar: bagian_publik setiap bulan; metode bagian 8 (selang Wilson).
-- Visibilitas: H3
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- indikator: Indikator (tabel aturan penyajian)
-- kelompok: Rincian indikator itu
-- periode: Bulan
-- n: Penyebut bulan itu
-- bagian: Bagian bulan itu
-- bawah: Batas bawah selang Wilson
-- atas: Batas atas selang Wilson
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: Mengapa belum dapat dinilai
-- periode_sebelum: Bulan terhitung sebelumnya
-- jarak_bulan: Bulan kalender di antara keduanya
-- n_sebelum: Penyebut bulan sebelumnya
-- bagian_sebelum: Bagian bulan sebelumnya
-- selisih: bagian dikurangi bagian_sebelum
-- bertumpuk: Selang kedua bulan bertumpuk
WITH berurut AS (
    SELECT
        *,
        lag(periode) OVER urut AS periode_sebelum,
        lag(n) OVER urut AS n_sebelum,
        lag(bagian) OVER urut AS bagian_sebelum,
        lag(bawah) OVER urut AS bawah_sebelum,
        lag(atas) OVER urut AS atas_sebelum
    FROM bagian_publik
    WINDOW urut AS (PARTITION BY instansi_kode, indikator, kelompok ORDER BY periode)
)
SELECT
    instansi_kode, indikator, kelompok, periode, n, bagian, bawah, atas, status, alasan, periode_sebelum,
    12 * (CAST(split_part(periode, '-', 1) AS BIGINT) - CAST(split_part(periode_sebelum, '-', 1) AS BIGINT))
        + CAST(split_part(periode, '-', 2) AS BIGINT) - CAST(split_part(periode_sebelum, '-', 2) AS BIGINT) AS jarak_bulan,
    n_sebelum,
    bagian_sebelum,
    bagian - bagian_sebelum AS selisih,
    bawah <= atas_sebelum AND bawah_sebelum <= atas AS bertumpuk
FROM berurut
ORDER BY instansi_kode, indikator, kelompok, periode
