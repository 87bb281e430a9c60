-- Orang yang ada pada data pegawai semua instansi: satu baris per NIP.
-- Menyatakan: aktif bila aktif di sedikitnya satu instansi. Kekerabatan dihubungkan lewat NIP, lintas instansi.
-- Tidak menyatakan: instansi tempat orang itu bekerja.
-- Dasar: kekerabatan, istilah umum (kin is by nip across instansi).
SELECT
    nip,
    bool_or(aktif) AS aktif
FROM pegawai_kini
GROUP BY nip
