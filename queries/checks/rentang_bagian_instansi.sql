-- tingkat: GAGAL
-- Bagian yang disajikan harus berada di dalam selangnya, dan yang belum dapat dinilai tidak boleh membawa angka.
-- Dasar: tabel bagian_instansi.
SELECT instansi_kode, indikator, kelompok, n, bagian, bawah, atas, status, alasan
FROM bagian_instansi
WHERE round(bagian - bawah, 9) < 0
    OR round(atas - bagian, 9) < 0
    OR bawah < 0
    OR atas > 1
    OR (status = 'BELUM_DAPAT_DINILAI' AND (bagian IS NOT NULL OR bawah IS NOT NULL OR taksiran IS NOT NULL OR alasan IS NULL))
    OR (status = 'DAPAT_DINILAI' AND (bagian IS NULL OR alasan IS NOT NULL))
ORDER BY instansi_kode, indikator, kelompok
