-- Menyatakan: kepala daerah dan pejabat politik yang mulai menjabat sampai D, satu baris per kerabat yang dinyatakan.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.pejabat_id,
    t.nama,
    t.mulai,
    t.selesai,
    t.nip,
    t.kerabat_nip
FROM pejabat_politik AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'pejabat_politik' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
WHERE t.mulai <= tanggal_acuan()
