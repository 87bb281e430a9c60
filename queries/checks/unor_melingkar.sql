-- tingkat: PERINGATAN
-- Unit organisasi yang berada di bawah dirinya sendiri: rantai atasannya tidak andal.
-- Dasar: unor adalah pohon dengan satu akar per instansi.
SELECT instansi_kode, unor_id, max(jarak) AS jarak
FROM leluhur_unor
WHERE unor_id = leluhur_id AND jarak > 0
GROUP BY instansi_kode, unor_id
ORDER BY instansi_kode, unor_id
