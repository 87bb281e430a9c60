-- tingkat: GAGAL
-- Setiap janji harus mendapat tepat satu baris pada kartu komitmen, dengan keadaan yang dikenal.
-- Dasar: kartu komitmen.
SELECT k.instansi_kode, k.indikator, c.status
FROM komitmen_kini AS k
LEFT JOIN kartu_komitmen AS c ON c.instansi_kode = k.instansi_kode AND c.indikator = k.indikator
WHERE c.status IS NULL OR c.status NOT IN ('TERCAPAI', 'SESUAI_JALUR', 'TERTINGGAL', 'BELUM_DAPAT_DINILAI')
ORDER BY k.instansi_kode, k.indikator
