-- Menyatakan: pernyataan keluarga yang berlaku pada D, dengan derajat dan nama yang dinormalkan.
-- Tidak menyatakan: benar tidaknya pernyataan itu.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.nip,
    t.hubungan,
    h.derajat,
    nama_normal(t.nama) AS nama,
    t.tanggal_lahir,
    t.nip_kerabat
FROM keluarga AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'keluarga' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
LEFT JOIN hubungan_keluarga AS h ON h.hubungan = t.hubungan
