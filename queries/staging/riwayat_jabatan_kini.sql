-- Riwayat jabatan yang berlaku pada D, dengan jenjang dan peringkatnya.
-- Menyatakan: jenjang dari eselon; tanpa eselon yang dikenal, dari jenis jabatan (FUNGSIONAL; selain itu PELAKSANA).
-- Tidak menyatakan: tmt_selesai kiriman; akhir suatu masa dihitung dari baris berikutnya.
-- Dasar: istilah umum indikator; baris ber-tmt sesudah D tidak dihitung.
SELECT
    t.instansi_kode,
    t.nip,
    t.rw_id,
    t.jenis_penugasan,
    t.jenis_jabatan,
    t.unor_id,
    t.jabatan_nama,
    t.eselon,
    t.tmt_jabatan,
    j.jenjang,
    j.peringkat
FROM riwayat_jabatan AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'riwayat_jabatan' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
LEFT JOIN jenjang_eselon AS menurut_eselon ON menurut_eselon.tingkat_eselon = split_part(t.eselon, '.', 1)
LEFT JOIN jenjang_jenis_jabatan AS menurut_jenis ON menurut_jenis.jenis_jabatan = coalesce(t.jenis_jabatan, 'PELAKSANA')
LEFT JOIN jenjang AS j ON j.jenjang = coalesce(menurut_eselon.jenjang, menurut_jenis.jenjang)
WHERE t.tmt_jabatan <= tanggal_acuan()
