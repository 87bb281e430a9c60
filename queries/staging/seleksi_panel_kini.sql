-- Menyatakan: anggota panitia seleksi yang berlaku pada D.
-- Tidak menyatakan: bahwa anggota itu ikut menilai. Asal baris dibawa untuk daftar telaah.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.seleksi_id,
    t.panelis_id,
    t.nip,
    t.unsur,
    t.berkas_sha256,
    t.berkas_sheet,
    t.berkas_baris
FROM seleksi_panel AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'seleksi_panel' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
QUALIFY row_number() OVER (PARTITION BY t.instansi_kode, t.seleksi_id, t.panelis_id ORDER BY k.periode DESC, k.cakupan) = 1
