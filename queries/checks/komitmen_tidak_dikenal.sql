-- tingkat: PERINGATAN
-- Janji yang indikatornya tidak punya angka pada kartu komitmen, arahnya kosong, atau tenggatnya kosong.
-- Dasar: kartu komitmen.
SELECT instansi_kode, indikator, arah, tenggat, nilai
FROM kartu_komitmen
WHERE nilai IS NULL OR arah IS NULL OR tenggat IS NULL
ORDER BY instansi_kode, indikator
