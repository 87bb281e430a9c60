-- Menyatakan: peserta seleksi yang berlaku pada D.
-- Tidak menyatakan: alasan pemilihan. Asal baris dibawa untuk daftar telaah.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.seleksi_id,
    t.nip,
    coalesce(t.lulus_administrasi, false) AS lulus_administrasi,
    CAST(t.peringkat AS BIGINT) AS peringkat,
    coalesce(t.terpilih, false) AS terpilih,
    t.berkas_sha256,
    t.berkas_sheet,
    t.berkas_baris
FROM seleksi_kandidat AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'seleksi_kandidat' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
QUALIFY row_number() OVER (PARTITION BY t.instansi_kode, t.seleksi_id, t.nip ORDER BY k.periode DESC, k.cakupan) = 1
