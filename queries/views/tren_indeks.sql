-- Perjalanan IP ASN dari bulan ke bulan, per instansi dan SEMUA, terhadap bulan terhitung sebelumnya.
-- Menyatakan: selisih hanya bila kedua bulannya DAPAT_DINILAI; jarak_bulan lebih dari satu berarti ada bulan yang tidak dihitung.
--   cakupan kedua bulan disandingkan, karena cakupan yang turun menurunkan indeks tanpa ada orang yang berubah.
-- Tidak menyatakan: angka bulan yang tidak dihitung (tidak pernah ditaksir), atau sebab perubahannya.
-- Dasar: indeks_instansi setiap bulan.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- periode: Bulan
-- n: Populasi yang diukur bulan itu
-- indeks: Rata-rata jumlah IP ASN bulan itu
-- cakupan: Bagian populasi yang punya penilaian tahunan bulan itu
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- periode_sebelum: Bulan terhitung sebelumnya
-- jarak_bulan: Bulan kalender di antara keduanya
-- n_sebelum: Populasi bulan sebelumnya
-- indeks_sebelum: Indeks bulan sebelumnya
-- cakupan_sebelum: Cakupan bulan sebelumnya
-- selisih: indeks dikurangi indeks_sebelum
WITH berurut AS (
    SELECT
        *,
        lag(periode) OVER urut AS periode_sebelum,
        lag(n) OVER urut AS n_sebelum,
        lag(indeks) OVER urut AS indeks_sebelum,
        lag(cakupan) OVER urut AS cakupan_sebelum
    FROM indeks_instansi
    WINDOW urut AS (PARTITION BY instansi_kode ORDER BY periode)
)
SELECT
    instansi_kode, periode, n, indeks, cakupan, status, periode_sebelum,
    12 * (CAST(split_part(periode, '-', 1) AS BIGINT) - CAST(split_part(periode_sebelum, '-', 1) AS BIGINT))
        + CAST(split_part(periode, '-', 2) AS BIGINT) - CAST(split_part(periode_sebelum, '-', 2) AS BIGINT) AS jarak_bulan,
    n_sebelum,
    indeks_sebelum,
    cakupan_sebelum,
    indeks - indeks_sebelum AS selisih
FROM berurut
ORDER BY instansi_kode, periode
