-- Jalur keterhubungan setiap peserta seleksi yang sudah selesai: satu baris per (peserta, jalur, pihak yang berkerabat).
-- Menyatakan: PANEL = kerabat anggota panitianya; KEPALA_DAERAH = kerabat kepala daerah yang menjabat pada tanggal keputusan, atau dinyatakan
--   sebagai kerabatnya; JPT = kerabat orang lain yang pada tanggal itu memegang jabatan pimpinan tinggi definitif di instansi itu.
-- Tidak menyatakan: pengaruh atas keputusan; hubungan saja bukan risiko.
-- Dasar: N13; urutan jalur mengikuti urutan pada daftar tabel hasil.
WITH peserta AS (
    SELECT k.instansi_kode, k.seleksi_id, k.nip, s.tanggal_keputusan
    FROM seleksi_kandidat_kini AS k
    INNER JOIN seleksi_kini AS s ON s.instansi_kode = k.instansi_kode AND s.seleksi_id = k.seleksi_id
    WHERE s.selesai
),
kerabat_peserta AS (
    SELECT p.instansi_kode, p.seleksi_id, p.nip, p.tanggal_keputusan, k.nip_kerabat, k.dasar, k.derajat, k.p
    FROM peserta AS p
    INNER JOIN tautan_kerabat AS k ON k.nip = p.nip
    WHERE k.berlaku
)
SELECT k.instansi_kode, k.seleksi_id, k.nip, 1 AS urutan, 'PANEL' AS jalur, k.nip_kerabat, CAST(NULL AS VARCHAR) AS nama_kerabat, k.dasar, k.derajat, k.p
FROM kerabat_peserta AS k
INNER JOIN seleksi_panel_kini AS a ON a.instansi_kode = k.instansi_kode AND a.seleksi_id = k.seleksi_id AND a.nip = k.nip_kerabat
UNION
SELECT k.instansi_kode, k.seleksi_id, k.nip, 2 AS urutan, 'KEPALA_DAERAH' AS jalur, k.nip_kerabat, j.nama AS nama_kerabat, k.dasar, k.derajat, k.p
FROM kerabat_peserta AS k
INNER JOIN pejabat_politik_kini AS j ON j.instansi_kode = k.instansi_kode AND j.nip = k.nip_kerabat
WHERE j.mulai <= k.tanggal_keputusan AND coalesce(j.selesai >= k.tanggal_keputusan, true)
UNION
SELECT
    p.instansi_kode, p.seleksi_id, p.nip, 2 AS urutan, 'KEPALA_DAERAH' AS jalur, j.nip AS nip_kerabat, j.nama AS nama_kerabat,
    CAST(NULL AS VARCHAR) AS dasar, CAST(NULL AS BIGINT) AS derajat, CAST(NULL AS DOUBLE) AS p
FROM peserta AS p
INNER JOIN pejabat_politik_kini AS j ON j.instansi_kode = p.instansi_kode AND j.kerabat_nip = p.nip
WHERE j.mulai <= p.tanggal_keputusan AND coalesce(j.selesai >= p.tanggal_keputusan, true)
UNION
SELECT k.instansi_kode, k.seleksi_id, k.nip, 3 AS urutan, 'JPT' AS jalur, k.nip_kerabat, CAST(NULL AS VARCHAR) AS nama_kerabat, k.dasar, k.derajat, k.p
FROM kerabat_peserta AS k
INNER JOIN jabatan_definitif AS d ON d.instansi_kode = k.instansi_kode AND d.nip = k.nip_kerabat
WHERE d.peringkat >= parameter('jenjang.jpt_min')
    AND d.tmt_jabatan < k.tanggal_keputusan
    AND coalesce(d.tmt_berikut > k.tanggal_keputusan, true)
