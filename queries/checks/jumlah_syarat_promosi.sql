-- tingkat: GAGAL
-- Setiap syarat promosi harus terbagi habis atas keempat keadaannya, dan setiap syarat menghitung promosi yang sama banyaknya.
-- Dasar: M01; MEMENUHI, TIDAK, TANPA_BUKTI, TIDAK_BERLAKU tidak pernah digabung.
WITH hasil AS (
    SELECT instansi_kode, n
    FROM m01_instansi
    WHERE syarat = 'hasil'
)
SELECT s.instansi_kode, s.syarat, s.n, h.n AS n_hasil, s.memenuhi, s.tidak, s.tanpa_bukti, s.tidak_berlaku
FROM m01_instansi AS s
INNER JOIN hasil AS h ON h.instansi_kode = s.instansi_kode
WHERE s.n <> h.n OR s.n <> s.memenuhi + s.tidak + s.tanpa_bukti + s.tidak_berlaku
ORDER BY s.instansi_kode, s.syarat
