-- Atasan langsung setiap pegawai, aktif atau tidak: satu baris per orang yang punya atasan.
-- Menyatakan: pemimpin unitnya; bila ia sendiri pemimpinnya atau pemimpinnya tidak dikenal, pemimpin unit di atasnya, dan seterusnya.
-- Tidak menyatakan: penilai kinerja; itu dapat orang lain.
-- Dasar: rantai atasan (boss chain).
SELECT
    p.instansi_kode,
    p.nip,
    u.nip_pemimpin AS nip_atasan
FROM pegawai_kini AS p
INNER JOIN pemimpin_unor AS u ON u.instansi_kode = p.instansi_kode AND u.unor_id = p.unor_id
WHERE u.nip_pemimpin <> p.nip
QUALIFY row_number() OVER (PARTITION BY p.instansi_kode, p.nip ORDER BY u.jarak, u.nip_pemimpin) = 1
