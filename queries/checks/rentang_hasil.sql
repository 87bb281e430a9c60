-- tingkat: GAGAL
-- Angka pada tabel hasil harus berada dalam rentangnya: bagian dan peluang 0 sampai 1, hari tidak negatif, dan seterusnya.
-- Dasar: definisi indikator masing-masing.
SELECT 'talenta' AS tabel, instansi_kode AS instansi_kode, nip AS kunci
FROM talenta
WHERE skor_potensi < 0 OR skor_potensi > 100 OR jpm < 0 OR jpm > 100 OR (status = 'DIPETAKAN') <> (kotak IS NOT NULL)
UNION ALL
SELECT 't02' AS tabel, instansi_kode AS instansi_kode, nip AS kunci
FROM t02
WHERE igk < 0 OR igk > 1 OR n_kompetensi < 1
UNION ALL
SELECT 't08_instansi' AS tabel, instansi_kode AS instansi_kode, jenjang AS kunci
FROM t08_instansi
WHERE bagian < 0 OR bagian > 1 OR n < 1
UNION ALL
SELECT 't09' AS tabel, instansi_kode AS instansi_kode, kelompok AS kunci
FROM t09
WHERE bagian < 0 OR bagian > 1 OR n_tanpa > n
UNION ALL
SELECT 'kebutuhan' AS tabel, instansi_kode AS instansi_kode, nip AS kunci
FROM kebutuhan
WHERE urutan < 1 OR besar <= 0
UNION ALL
SELECT 'm04' AS tabel, instansi_kode AS instansi_kode, rw_id AS kunci
FROM m04
WHERE hari < 0
UNION ALL
SELECT 'm04_instansi' AS tabel, instansi_kode AS instansi_kode, jendela AS kunci
FROM m04_instansi
WHERE bagian < 0 OR bagian > 1
UNION ALL
SELECT 'm07' AS tabel, instansi_kode AS instansi_kode, seleksi_id AS kunci
FROM m07
WHERE selisih < 0
UNION ALL
SELECT 'm07_instansi' AS tabel, instansi_kode AS instansi_kode, instansi_kode AS kunci
FROM m07_instansi
WHERE bagian < 0 OR bagian > 1
UNION ALL
SELECT 'm10' AS tabel, instansi_kode AS instansi_kode, CAST(tahun AS VARCHAR) AS kunci
FROM m10
WHERE bagian < 0 OR bagian > 1 OR round(entropi, 9) < 0 OR round(entropi, 9) > 1 OR n <> n_1 + n_2 + n_3 + n_4 + n_5
UNION ALL
SELECT 'm11' AS tabel, instansi_kode AS instansi_kode, rw_id AS kunci
FROM m11
WHERE hari < 0 OR selesai > tanggal_acuan()
UNION ALL
SELECT 'm01' AS tabel, instansi_kode AS instansi_kode, rw_id AS kunci
FROM m01
WHERE hari_masa < 0 OR hasil = 'TIDAK_BERLAKU'
UNION ALL
SELECT 'n13' AS tabel, instansi_kode AS instansi_kode, instansi_kode AS kunci
FROM n13
WHERE round(p_ekor, 9) < 0 OR round(p_ekor, 9) > 1 OR harapan > n_seleksi
UNION ALL
SELECT 'n13_seleksi' AS tabel, instansi_kode AS instansi_kode, seleksi_id AS kunci
FROM n13_seleksi
WHERE p < 0 OR p > 1 OR n_terhubung > n_finalis
UNION ALL
SELECT 'kerabat' AS tabel, NULL AS instansi_kode, nip AS kunci
FROM kerabat
WHERE p < 0 OR p > 1 OR derajat < 1
ORDER BY 1, 2, 3
