-- Pemimpin yang dikenal untuk setiap unit organisasi dan unit-unit di atasnya: satu baris per (unit, unit leluhur yang pemimpinnya dikenal).
-- Menyatakan: jarak 0 = unit itu sendiri, 1 = unit atasannya, dan seterusnya; pemimpin dikenal bila ada pada data pegawai, aktif atau tidak.
-- Tidak menyatakan: pelaksana tugas pada unit yang kosong.
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
    l.instansi_kode,
    l.unor_id,
    l.jarak,
    p.nip AS nip_pemimpin
FROM leluhur AS l
INNER JOIN unor_kini AS u ON u.instansi_kode = l.instansi_kode AND u.unor_id = l.leluhur_id
INNER JOIN pegawai_kini AS p ON p.instansi_kode = u.instansi_kode AND p.pns_id = u.pemimpin_pns_id
