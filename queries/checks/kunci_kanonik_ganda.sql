-- tingkat: GAGAL
-- Kunci tabel kanonik harus tunggal dalam satu (instansi, periode, cakupan): pemuatan menjamin baris ganda ditolak.
-- Dasar: aturan pemuatan 5.8 (DUP-01, DUP-02); kunci menurut daftar tabel kanonik.
SELECT 'pegawai' AS tabel, instansi_kode, periode, cakupan, nip AS kunci, count(*) AS n
FROM pegawai
GROUP BY instansi_kode, periode, cakupan, nip
HAVING count(*) > 1
UNION ALL
SELECT 'unor' AS tabel, instansi_kode, periode, cakupan, unor_id AS kunci, count(*) AS n
FROM unor
GROUP BY instansi_kode, periode, cakupan, unor_id
HAVING count(*) > 1
UNION ALL
SELECT 'riwayat_jabatan' AS tabel, instansi_kode, periode, cakupan, rw_id AS kunci, count(*) AS n
FROM riwayat_jabatan
GROUP BY instansi_kode, periode, cakupan, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'riwayat_golongan' AS tabel, instansi_kode, periode, cakupan, rw_id AS kunci, count(*) AS n
FROM riwayat_golongan
GROUP BY instansi_kode, periode, cakupan, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'riwayat_pendidikan' AS tabel, instansi_kode, periode, cakupan, rw_id AS kunci, count(*) AS n
FROM riwayat_pendidikan
GROUP BY instansi_kode, periode, cakupan, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'kinerja' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', nip, tahun, rentang, skp_id) AS kunci, count(*) AS n
FROM kinerja
GROUP BY instansi_kode, periode, cakupan, nip, tahun, rentang, skp_id
HAVING count(*) > 1
UNION ALL
SELECT 'pelatihan' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', nip, nama, tgl_mulai, nomor_sertifikat) AS kunci, count(*) AS n
FROM pelatihan
GROUP BY instansi_kode, periode, cakupan, nip, nama, tgl_mulai, nomor_sertifikat
HAVING count(*) > 1
UNION ALL
SELECT 'asesmen' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', nip, tanggal, kompetensi_kode) AS kunci, count(*) AS n
FROM asesmen
GROUP BY instansi_kode, periode, cakupan, nip, tanggal, kompetensi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'standar_kompetensi' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', jenjang, kompetensi_kode) AS kunci, count(*) AS n
FROM standar_kompetensi
GROUP BY instansi_kode, periode, cakupan, jenjang, kompetensi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'hukuman_disiplin' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', nip, sk_nomor) AS kunci, count(*) AS n
FROM hukuman_disiplin
GROUP BY instansi_kode, periode, cakupan, nip, sk_nomor
HAVING count(*) > 1
UNION ALL
SELECT 'keluarga' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', nip, hubungan, nama) AS kunci, count(*) AS n
FROM keluarga
GROUP BY instansi_kode, periode, cakupan, nip, hubungan, nama
HAVING count(*) > 1
UNION ALL
SELECT 'seleksi' AS tabel, instansi_kode, periode, cakupan, seleksi_id AS kunci, count(*) AS n
FROM seleksi
GROUP BY instansi_kode, periode, cakupan, seleksi_id
HAVING count(*) > 1
UNION ALL
SELECT 'seleksi_kandidat' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', seleksi_id, nip) AS kunci, count(*) AS n
FROM seleksi_kandidat
GROUP BY instansi_kode, periode, cakupan, seleksi_id, nip
HAVING count(*) > 1
UNION ALL
SELECT 'seleksi_panel' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', seleksi_id, panelis_id) AS kunci, count(*) AS n
FROM seleksi_panel
GROUP BY instansi_kode, periode, cakupan, seleksi_id, panelis_id
HAVING count(*) > 1
UNION ALL
SELECT 'seleksi_nilai' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', seleksi_id, nip, tahap, panelis_id) AS kunci, count(*) AS n
FROM seleksi_nilai
GROUP BY instansi_kode, periode, cakupan, seleksi_id, nip, tahap, panelis_id
HAVING count(*) > 1
UNION ALL
SELECT 'pejabat_politik' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', pejabat_id, kerabat_nip) AS kunci, count(*) AS n
FROM pejabat_politik
GROUP BY instansi_kode, periode, cakupan, pejabat_id, kerabat_nip
HAVING count(*) > 1
UNION ALL
SELECT 'merit_indikator' AS tabel, instansi_kode, periode, cakupan, concat_ws('/', tahun, instrumen, kode) AS kunci, count(*) AS n
FROM merit_indikator
GROUP BY instansi_kode, periode, cakupan, tahun, instrumen, kode
HAVING count(*) > 1
UNION ALL
SELECT 'komitmen' AS tabel, instansi_kode, periode, cakupan, indikator AS kunci, count(*) AS n
FROM komitmen
GROUP BY instansi_kode, periode, cakupan, indikator
HAVING count(*) > 1
ORDER BY 1, 2, 3, 4, 5
