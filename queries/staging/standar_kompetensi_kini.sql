-- Menyatakan: tingkat yang disyaratkan instansi per jenjang dan kompetensi, label jenjang disamakan (spasi menjadi garis bawah).
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    replace(upper(trim(t.jenjang)), ' ', '_') AS jenjang,
    t.kompetensi_kode,
    max(CAST(t.level_standar AS DECIMAL(6, 2))) AS level_standar
FROM standar_kompetensi AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'standar_kompetensi' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
GROUP BY 1, 2, 3
