-- Perjalanan banyaknya indikasi untuk ditelaah dari bulan ke bulan, per instansi dan SEMUA, terhadap bulan terhitung sebelumnya.
-- Menyatakan: selisih hanya bila banyaknya boleh disebut pada kedua bulan; jarak_bulan lebih dari satu berarti ada bulan yang tidak dihitung.
-- Tidak menyatakan: pelanggaran, atau bahwa yang turun sudah diselesaikan; deklarasi yang bertambah membuat hitungan naik.
-- Dasar: indikasi_instansi setiap bulan; metode bagian 4 (hitungan mulai lima).
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- indikator: N01, N03, N04, N11, atau N14
-- periode: Bulan
-- n: Banyaknya indikasi bulan itu
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- periode_sebelum: Bulan terhitung sebelumnya
-- jarak_bulan: Bulan kalender di antara keduanya
-- n_sebelum: Banyaknya indikasi bulan sebelumnya
-- selisih: n dikurangi n_sebelum
WITH berurut AS (
    SELECT *, lag(periode) OVER urut AS periode_sebelum, lag(n) OVER urut AS n_sebelum
    FROM indikasi_instansi
    WINDOW urut AS (PARTITION BY instansi_kode, indikator ORDER BY periode)
)
SELECT
    instansi_kode, indikator, periode, n, status, periode_sebelum,
    12 * (CAST(split_part(periode, '-', 1) AS BIGINT) - CAST(split_part(periode_sebelum, '-', 1) AS BIGINT))
        + CAST(split_part(periode, '-', 2) AS BIGINT) - CAST(split_part(periode_sebelum, '-', 2) AS BIGINT) AS jarak_bulan,
    n_sebelum,
    n - n_sebelum AS selisih
FROM berurut
ORDER BY instansi_kode, indikator, periode
