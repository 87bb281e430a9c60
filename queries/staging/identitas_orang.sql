-- Nama dan jabatan setiap orang lintas instansi: satu baris per NIP.
-- Menyatakan: dari beberapa instansi, yang kodenya terkecil; kerabat dihubungkan lewat NIP, di instansi mana pun ia bekerja.
-- Tidak menyatakan: orang yang tidak ada pada data pegawai.
-- Dasar: kekerabatan, istilah umum (lintas instansi).
SELECT
    nip,
    nama,
    jabatan,
    unit,
    instansi_kode
FROM identitas_pegawai
QUALIFY row_number() OVER (PARTITION BY nip ORDER BY instansi_kode) = 1
