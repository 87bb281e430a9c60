-- tingkat: PERINGATAN
-- Himpunan data yang kiriman terbarunya lebih tua dari batas: angkanya berbicara tentang keadaan yang sudah lewat.
-- Dasar: istilah umum indikator (umur kiriman ditampilkan); batas dari parameter mutu.umur_kiriman_maks_bulan.
SELECT dataset, instansi_kode, max(periode) AS periode, min(umur_bulan) AS umur_bulan
FROM kiriman_berlaku
GROUP BY dataset, instansi_kode
HAVING min(umur_bulan) > parameter('mutu.umur_kiriman_maks_bulan')
ORDER BY dataset, instansi_kode
