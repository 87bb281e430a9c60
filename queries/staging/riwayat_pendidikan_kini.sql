-- Menyatakan: riwayat pendidikan yang berlaku pada D, hanya jenjang yang dikenal, dengan tanggal lulus.
--   Kelulusan yang hanya diketahui tahunnya dianggap 31 Desember tahun itu.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.nip,
    t.tk_pendidikan_id,
    p.tingkat,
    coalesce(t.tgl_lulus, make_date(t.tahun_lulus, 12, 31)) AS tanggal_lulus
FROM riwayat_pendidikan AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'riwayat_pendidikan' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
INNER JOIN pendidikan AS p ON p.tk_pendidikan_id = t.tk_pendidikan_id
