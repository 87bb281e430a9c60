-- Nama dan jabatan setiap pegawai seperti dikirim, untuk daftar kerja perorangan: satu baris per (instansi, NIP).
-- Menyatakan: nama, jabatan, dan unit menurut kiriman yang berlaku pada D, beserta baris asalnya.
-- Tidak menyatakan: nama yang dinormalkan; itu hanya untuk mencocokkan.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan).
SELECT
    t.instansi_kode,
    t.nip,
    t.nama,
    t.jabatan_nama AS jabatan,
    t.unor_nama AS unit,
    t.berkas_sha256,
    t.berkas_sheet,
    t.berkas_baris
FROM pegawai AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'pegawai' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
QUALIFY row_number() OVER (PARTITION BY t.instansi_kode, t.nip ORDER BY k.periode DESC, k.cakupan) = 1
