-- Perangkat daerah yang memuat setiap unit organisasi: satu baris per unit.
-- Menyatakan: leluhur tepat di bawah puncak pohon; puncak sendiri bila unit itu puncaknya.
-- Tidak menyatakan: pembagian menurut peraturan daerah; hanya pohon unit organisasi yang dikirim.
-- Dasar: rantai atasan (boss chain).
WITH terjauh AS (
    SELECT instansi_kode, unor_id, leluhur_id, max(jarak) OVER (PARTITION BY instansi_kode, unor_id) - jarak AS dari_puncak, jarak
    FROM leluhur_unor
),
dipilih AS (
    SELECT instansi_kode, unor_id, leluhur_id
    FROM terjauh
    WHERE dari_puncak <= 1
    QUALIFY row_number() OVER (PARTITION BY instansi_kode, unor_id ORDER BY jarak, leluhur_id) = 1
)
SELECT
    d.instansi_kode,
    d.unor_id,
    d.leluhur_id AS opd_id,
    u.nama AS opd
FROM dipilih AS d
INNER JOIN unor_kini AS u ON u.instansi_kode = d.instansi_kode AND u.unor_id = d.leluhur_id
