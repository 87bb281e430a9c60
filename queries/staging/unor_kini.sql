-- Menyatakan: unit organisasi yang berlaku pada D, dengan atasan dan pemimpinnya.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.unor_id,
    t.atasan_id,
    t.nama,
    t.pemimpin_pns_id
FROM unor AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'unor' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
