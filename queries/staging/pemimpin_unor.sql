-- Pemimpin yang dikenal untuk setiap unit organisasi dan unit-unit di atasnya: satu baris per (unit, unit leluhur yang pemimpinnya dikenal).
-- Menyatakan: jarak 0 = unit itu sendiri, 1 = unit atasannya, dan seterusnya; pemimpin dikenal bila ada pada data pegawai, aktif atau tidak.
-- Tidak menyatakan: pelaksana tugas pada unit yang kosong.
-- Dasar: rantai atasan (boss chain).
SELECT
    l.instansi_kode,
    l.unor_id,
    l.jarak,
    p.nip AS nip_pemimpin
FROM leluhur_unor AS l
INNER JOIN unor_kini AS u ON u.instansi_kode = l.instansi_kode AND u.unor_id = l.leluhur_id
INNER JOIN pegawai_kini AS p ON p.instansi_kode = u.instansi_kode AND p.pns_id = u.pemimpin_pns_id
