-- Menyatakan: pelatihan yang selesai sampai D, dengan jam pelajaran (kosong = 0), unsur IP ASN dan tingkat pelatihan kepemimpinannya.
-- Tidak menyatakan: rantai asal-usul baris; itu ada pada tabel kanonik.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.nip,
    t.kelompok,
    t.kompetensi_kode,
    t.tgl_selesai,
    coalesce(t.jp, 0) AS jp,
    d.unsur_ip_asn,
    l.tingkat AS tingkat_kepemimpinan
FROM pelatihan AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'pelatihan' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
LEFT JOIN jenis_diklat AS d ON d.jenis_diklat_id = t.jenis_diklat_id
LEFT JOIN latihan_struktural AS l ON l.latihan_struktural_id = t.latihan_struktural_id AND t.kelompok = 'STRUKTURAL'
WHERE t.tgl_selesai <= tanggal_acuan()
