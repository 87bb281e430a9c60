-- tingkat: GAGAL
-- Setiap parameter dan setiap kode hanya boleh punya satu baris yang berlaku pada D; dua baris akan menggandakan orang dalam hitungan.
-- Dasar: aturan adalah data bertanggal; masa berlakunya tidak boleh tumpang tindih.
WITH aturan AS (
    SELECT 'parameter' AS tabel, name AS kunci FROM parameter
    UNION ALL
    SELECT 'instansi' AS tabel, kode AS kunci FROM instansi
    UNION ALL
    SELECT 'jenjang' AS tabel, jenjang AS kunci FROM jenjang
    UNION ALL
    SELECT 'jenjang_eselon' AS tabel, tingkat_eselon AS kunci FROM jenjang_eselon
    UNION ALL
    SELECT 'jenjang_jenis_jabatan' AS tabel, jenis_jabatan AS kunci FROM jenjang_jenis_jabatan
    UNION ALL
    SELECT 'kedudukan_hukum' AS tabel, kedudukan_hukum_id AS kunci FROM kedudukan_hukum
    UNION ALL
    SELECT 'pendidikan' AS tabel, tk_pendidikan_id AS kunci FROM pendidikan
    UNION ALL
    SELECT 'latihan_struktural' AS tabel, latihan_struktural_id AS kunci FROM latihan_struktural
    UNION ALL
    SELECT 'jenis_diklat' AS tabel, jenis_diklat_id AS kunci FROM jenis_diklat
    UNION ALL
    SELECT 'ip_asn_kompetensi' AS tabel, concat_ws('/', varian, kelompok, unsur) AS kunci FROM ip_asn_kompetensi
    UNION ALL
    SELECT 'ip_asn_kinerja' AS tabel, concat_ws('/', varian, CAST(predikat AS VARCHAR)) AS kunci FROM ip_asn_kinerja
    UNION ALL
    SELECT 'ip_asn_disiplin' AS tabel, concat_ws('/', varian, tingkat) AS kunci FROM ip_asn_disiplin
    UNION ALL
    SELECT 'ip_asn_kategori' AS tabel, kategori AS kunci FROM ip_asn_kategori
    UNION ALL
    SELECT 'hukuman_tingkat' AS tabel, tingkat AS kunci FROM hukuman_tingkat
    UNION ALL
    SELECT 'predikat' AS tabel, CAST(predikat AS VARCHAR) AS kunci FROM predikat
    UNION ALL
    SELECT 'kotak_talenta' AS tabel, concat_ws('/', kinerja, potensi) AS kunci FROM kotak_talenta
    UNION ALL
    SELECT 'kewajiban_jp' AS tabel, jenis_asn AS kunci FROM kewajiban_jp
    UNION ALL
    SELECT 'kompetensi' AS tabel, kompetensi_kode AS kunci FROM kompetensi
    UNION ALL
    SELECT 'syarat_promosi' AS tabel, jenjang AS kunci FROM syarat_promosi
    UNION ALL
    SELECT 'syarat_promosi_asal' AS tabel, concat_ws('/', jenjang, jenjang_asal) AS kunci FROM syarat_promosi_asal
    UNION ALL
    SELECT 'batas_usia_pensiun' AS tabel, jenjang AS kunci FROM batas_usia_pensiun
    UNION ALL
    SELECT 'penyajian' AS tabel, indikator AS kunci FROM penyajian
    UNION ALL
    SELECT 'hubungan_keluarga' AS tabel, hubungan AS kunci FROM hubungan_keluarga
)
SELECT tabel, kunci, count(*) AS n
FROM aturan
GROUP BY tabel, kunci
HAVING count(*) > 1
ORDER BY tabel, kunci
