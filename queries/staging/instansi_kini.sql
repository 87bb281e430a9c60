-- Instansi yang datanya berlaku pada periode laporan.
-- Menyatakan: instansi yang sedikitnya satu kirimannya berbicara untuk periode ini; dasar baris nol pada tabel per instansi.
-- Tidak menyatakan: kelengkapan kirimannya.
-- Dasar: daftar tabel hasil (tabel per instansi memuat setiap baris, termasuk yang nol).
SELECT DISTINCT instansi_kode
FROM kiriman_berlaku
