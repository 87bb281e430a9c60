-- tingkat: PERINGATAN
-- Jabatan definitif STRUKTURAL tanpa eselon yang dikenal: dibaca sebagai pelaksana, maka promosi dan penurunan di sekitarnya tidak andal.
-- Dasar: istilah umum indikator (jenjang dari eselon).
SELECT t.instansi_kode, t.nip, t.rw_id, t.tmt_jabatan, t.eselon
FROM riwayat_jabatan_kini AS t
WHERE t.jenis_penugasan = 'D' AND t.jenis_jabatan = 'STRUKTURAL' AND t.jenjang = 'PELAKSANA'
ORDER BY t.instansi_kode, t.nip, t.rw_id
