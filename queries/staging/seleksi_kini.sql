-- Menyatakan: seleksi terbuka yang diumumkan sampai D, dengan tanggal keputusannya (penetapan, bila kosong penutupan).
--   selesai = sudah diputus sampai D.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.seleksi_id,
    t.jabatan,
    t.eselon,
    t.tgl_pengumuman,
    t.tgl_penutupan,
    t.status,
    coalesce(t.tgl_penetapan, t.tgl_penutupan) AS tanggal_keputusan,
    coalesce(t.status = 'SELESAI' AND coalesce(t.tgl_penetapan, t.tgl_penutupan) <= tanggal_acuan(), false) AS selesai
FROM seleksi AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'seleksi' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
WHERE t.tgl_pengumuman <= tanggal_acuan()
QUALIFY row_number() OVER (PARTITION BY t.instansi_kode, t.seleksi_id ORDER BY k.periode DESC, k.cakupan) = 1
