-- Menyatakan: nilai yang diberikan panitia seleksi per peserta, tahap dan panelis.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.seleksi_id,
    t.nip,
    t.tahap,
    t.panelis_id,
    CAST(t.bobot AS DECIMAL(9, 4)) AS bobot,
    CAST(t.nilai AS DECIMAL(9, 4)) AS nilai
FROM seleksi_nilai AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'seleksi_nilai' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
QUALIFY row_number() OVER (PARTITION BY t.instansi_kode, t.seleksi_id, t.nip, t.tahap, t.panelis_id ORDER BY k.periode DESC, k.cakupan) = 1
