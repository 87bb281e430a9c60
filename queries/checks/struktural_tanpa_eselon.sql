-- tingkat: PERINGATAN
-- Pegawai aktif berjabatan STRUKTURAL yang eselonnya kosong dan tidak dapat diisi dari riwayat jabatan definitifnya.
-- Akibatnya: peringkat jenjangnya 0, maka tidak ikut hitungan jabatan struktural.
-- Dasar: istilah umum indikator.
SELECT instansi_kode, nip, jenjang
FROM pegawai_kini
WHERE aktif AND eselon_kosong AND eselon IS NULL
ORDER BY instansi_kode, nip
