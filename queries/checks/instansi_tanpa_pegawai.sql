-- tingkat: PERINGATAN
-- Instansi pada daftar yang belum punya data pegawai untuk periode ini: semua angkanya kosong, bukan nol.
-- Dasar: daftar instansi; istilah umum indikator.
SELECT i.kode AS instansi_kode, i.nama
FROM instansi AS i
LEFT JOIN kiriman_berlaku AS k ON k.instansi_kode = i.kode AND k.dataset = 'pegawai'
WHERE k.dataset IS NULL
ORDER BY i.kode
