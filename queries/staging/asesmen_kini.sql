-- Menyatakan: hasil penilaian kompetensi sampai D, satu baris per kompetensi.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.nip,
    t.tanggal,
    t.kompetensi_kode,
    CAST(t.level_capaian AS DECIMAL(6, 2)) AS level_capaian,
    CAST(t.level_standar AS DECIMAL(6, 2)) AS level_standar,
    CAST(t.jpm AS DOUBLE) AS jpm_kiriman
FROM asesmen AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'asesmen' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
WHERE t.tanggal <= tanggal_acuan()
