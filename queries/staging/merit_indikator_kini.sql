-- Menyatakan: skor indikator sistem merit; skor terverifikasi didahulukan, tanpa itu skor mandiri; bobot kosong = 1.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    CAST(t.tahun AS BIGINT) AS tahun,
    t.instrumen,
    t.aspek,
    t.kode,
    CAST(coalesce(t.bobot, 1) AS DECIMAL(9, 4)) AS bobot,
    CAST(coalesce(t.skor_verifikasi, t.skor_mandiri) AS DECIMAL(9, 4)) AS skor
FROM merit_indikator AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'merit_indikator' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
