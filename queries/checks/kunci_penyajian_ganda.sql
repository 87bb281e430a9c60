-- tingkat: GAGAL
-- Kunci setiap tabel penyajian, kepatuhan, dan tabel hasil lainnya harus tunggal; kunci ganda berarti satu hal dihitung atau disajikan dua kali.
-- Dasar: daftar tabel hasil; urutan setiap tabel hasil adalah kuncinya.
SELECT 'antrean_deklarasi' AS tabel, concat_ws('/', instansi_kode, nip, nip_kerabat) AS kunci, count(*) AS n
FROM antrean_deklarasi
GROUP BY instansi_kode, nip, nip_kerabat
HAVING count(*) > 1
UNION ALL
SELECT 'bagian_instansi' AS tabel, concat_ws('/', instansi_kode, indikator, kelompok) AS kunci, count(*) AS n
FROM bagian_instansi
GROUP BY instansi_kode, indikator, kelompok
HAVING count(*) > 1
UNION ALL
SELECT 'bagian_provinsi' AS tabel, concat_ws('/', indikator, kelompok) AS kunci, count(*) AS n
FROM bagian_provinsi
GROUP BY indikator, kelompok
HAVING count(*) > 1
UNION ALL
SELECT 'bagian_publik' AS tabel, concat_ws('/', instansi_kode, indikator, kelompok) AS kunci, count(*) AS n
FROM bagian_publik
GROUP BY instansi_kode, indikator, kelompok
HAVING count(*) > 1
UNION ALL
SELECT 'indeks_instansi' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM indeks_instansi
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'indeks_dimensi' AS tabel, concat_ws('/', instansi_kode, dimensi) AS kunci, count(*) AS n
FROM indeks_dimensi
GROUP BY instansi_kode, dimensi
HAVING count(*) > 1
UNION ALL
SELECT 'indikasi_instansi' AS tabel, concat_ws('/', instansi_kode, indikator) AS kunci, count(*) AS n
FROM indikasi_instansi
GROUP BY instansi_kode, indikator
HAVING count(*) > 1
UNION ALL
SELECT 'kartu_instansi' AS tabel, concat_ws('/', instansi_kode, indikator) AS kunci, count(*) AS n
FROM kartu_instansi
GROUP BY instansi_kode, indikator
HAVING count(*) > 1
UNION ALL
SELECT 'kepatuhan_kiriman' AS tabel, concat_ws('/', instansi_kode, dataset) AS kunci, count(*) AS n
FROM kepatuhan_kiriman
GROUP BY instansi_kode, dataset
HAVING count(*) > 1
UNION ALL
SELECT 'kepatuhan_merit' AS tabel, concat_ws('/', instansi_kode, aspek) AS kunci, count(*) AS n
FROM kepatuhan_merit
GROUP BY instansi_kode, aspek
HAVING count(*) > 1
UNION ALL
SELECT 'kotak_instansi' AS tabel, concat_ws('/', instansi_kode, kotak) AS kunci, count(*) AS n
FROM kotak_instansi
GROUP BY instansi_kode, kotak
HAVING count(*) > 1
UNION ALL
SELECT 'm06' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM m06
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'm06_penyajian' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM m06_penyajian
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'm09' AS tabel, concat_ws('/', instansi_kode, seleksi_id) AS kunci, count(*) AS n
FROM m09
GROUP BY instansi_kode, seleksi_id
HAVING count(*) > 1
UNION ALL
SELECT 'n13_penyajian' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM n13_penyajian
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'nilai_komitmen' AS tabel, concat_ws('/', instansi_kode, indikator) AS kunci, count(*) AS n
FROM nilai_komitmen
GROUP BY instansi_kode, indikator
HAVING count(*) > 1
UNION ALL
SELECT 'penerimaan_aturan' AS tabel, concat_ws('/', instansi_kode, tindakan, dataset, aturan, kolom) AS kunci, count(*) AS n
FROM penerimaan_aturan
GROUP BY instansi_kode, tindakan, dataset, aturan, kolom
HAVING count(*) > 1
UNION ALL
SELECT 'penerimaan_berkas' AS tabel, concat_ws('/', instansi_kode, nomor) AS kunci, count(*) AS n
FROM penerimaan_berkas
GROUP BY instansi_kode, nomor
HAVING count(*) > 1
UNION ALL
SELECT 'plt_lewat_batas' AS tabel, concat_ws('/', instansi_kode, pos, nip, rangkaian) AS kunci, count(*) AS n
FROM plt_lewat_batas
GROUP BY instansi_kode, pos, nip, rangkaian
HAVING count(*) > 1
UNION ALL
SELECT 'promosi_instansi' AS tabel, concat_ws('/', instansi_kode, syarat) AS kunci, count(*) AS n
FROM promosi_instansi
GROUP BY instansi_kode, syarat
HAVING count(*) > 1
UNION ALL
SELECT 'rencana_perorangan' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM rencana_perorangan
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 'rencana_unit' AS tabel, concat_ws('/', instansi_kode, unor_id) AS kunci, count(*) AS n
FROM rencana_unit
GROUP BY instansi_kode, unor_id
HAVING count(*) > 1
UNION ALL
SELECT 't03' AS tabel, concat_ws('/', instansi_kode, kompetensi_kode) AS kunci, count(*) AS n
FROM t03
GROUP BY instansi_kode, kompetensi_kode
HAVING count(*) > 1
UNION ALL
SELECT 't05' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM t05
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 't07' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM t07
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 't10' AS tabel, concat_ws('/', instansi_kode, jenjang) AS kunci, count(*) AS n
FROM t10
GROUP BY instansi_kode, jenjang
HAVING count(*) > 1
UNION ALL
SELECT 'telaah_indikasi' AS tabel, concat_ws('/', instansi_kode, indikator, perkara) AS kunci, count(*) AS n
FROM telaah_indikasi
GROUP BY instansi_kode, indikator, perkara
HAVING count(*) > 1
ORDER BY 1, 2
