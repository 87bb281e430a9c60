-- Setiap unit organisasi dengan unit-unit di atasnya: satu baris per (unit, unit leluhur), dirinya sendiri berjarak 0.
-- Menyatakan: jarak ke atas pada pohon unit organisasi yang berlaku pada D.
-- Tidak menyatakan: unit di atas batas penelusuran (penjaga terhadap pohon yang melingkar).
-- Dasar: rantai atasan (boss chain).
WITH RECURSIVE leluhur AS (
    SELECT instansi_kode, unor_id, unor_id AS leluhur_id, 0 AS jarak
    FROM unor_kini
    UNION ALL
    SELECT l.instansi_kode, l.unor_id, u.atasan_id AS leluhur_id, l.jarak + 1 AS jarak
    FROM leluhur AS l
    INNER JOIN unor_kini AS u ON u.instansi_kode = l.instansi_kode AND u.unor_id = l.leluhur_id
    WHERE u.atasan_id IS NOT NULL AND u.atasan_id <> u.unor_id AND l.jarak < parameter('unor.tingkat_maks')
)
SELECT
    instansi_kode,
    unor_id,
    leluhur_id,
    jarak
FROM leluhur
