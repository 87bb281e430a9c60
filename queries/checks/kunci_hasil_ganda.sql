-- tingkat: GAGAL
-- Kunci setiap tabel hasil harus tunggal; kunci ganda berarti satu kejadian dihitung dua kali.
-- Dasar: daftar tabel hasil.
SELECT 'ip_asn' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM ip_asn
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 'ip_asn_instansi' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM ip_asn_instansi
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'talenta' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM talenta
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 'talenta_instansi' AS tabel, concat_ws('/', instansi_kode, kotak) AS kunci, count(*) AS n
FROM talenta_instansi
GROUP BY instansi_kode, kotak
HAVING count(*) > 1
UNION ALL
SELECT 't01' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM t01
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 't01_instansi' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM t01_instansi
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 't02' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM t02
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 't08' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM t08
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 't08_instansi' AS tabel, concat_ws('/', instansi_kode, jenjang) AS kunci, count(*) AS n
FROM t08_instansi
GROUP BY instansi_kode, jenjang
HAVING count(*) > 1
UNION ALL
SELECT 't09' AS tabel, concat_ws('/', instansi_kode, kelompok) AS kunci, count(*) AS n
FROM t09
GROUP BY instansi_kode, kelompok
HAVING count(*) > 1
UNION ALL
SELECT 'kebutuhan' AS tabel, concat_ws('/', instansi_kode, nip, urutan) AS kunci, count(*) AS n
FROM kebutuhan
GROUP BY instansi_kode, nip, urutan
HAVING count(*) > 1
UNION ALL
SELECT 'm01' AS tabel, concat_ws('/', instansi_kode, nip, rw_id) AS kunci, count(*) AS n
FROM m01
GROUP BY instansi_kode, nip, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'm01_instansi' AS tabel, concat_ws('/', instansi_kode, syarat) AS kunci, count(*) AS n
FROM m01_instansi
GROUP BY instansi_kode, syarat
HAVING count(*) > 1
UNION ALL
SELECT 'm04' AS tabel, concat_ws('/', instansi_kode, nip, rw_id) AS kunci, count(*) AS n
FROM m04
GROUP BY instansi_kode, nip, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'm04_instansi' AS tabel, concat_ws('/', instansi_kode, jendela) AS kunci, count(*) AS n
FROM m04_instansi
GROUP BY instansi_kode, jendela
HAVING count(*) > 1
UNION ALL
SELECT 'm07' AS tabel, concat_ws('/', instansi_kode, seleksi_id) AS kunci, count(*) AS n
FROM m07
GROUP BY instansi_kode, seleksi_id
HAVING count(*) > 1
UNION ALL
SELECT 'm07_instansi' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM m07_instansi
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'm10' AS tabel, concat_ws('/', instansi_kode, tahun) AS kunci, count(*) AS n
FROM m10
GROUP BY instansi_kode, tahun
HAVING count(*) > 1
UNION ALL
SELECT 'm11' AS tabel, concat_ws('/', instansi_kode, nip, pos, rw_id) AS kunci, count(*) AS n
FROM m11
GROUP BY instansi_kode, nip, pos, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'm11_rangkaian' AS tabel, concat_ws('/', instansi_kode, nip, pos, rangkaian) AS kunci, count(*) AS n
FROM m11_rangkaian
GROUP BY instansi_kode, nip, pos, rangkaian
HAVING count(*) > 1
UNION ALL
SELECT 'm12' AS tabel, concat_ws('/', instansi_kode, nip, rw_id) AS kunci, count(*) AS n
FROM m12
GROUP BY instansi_kode, nip, rw_id
HAVING count(*) > 1
UNION ALL
SELECT 'kartu_komitmen' AS tabel, concat_ws('/', instansi_kode, indikator) AS kunci, count(*) AS n
FROM kartu_komitmen
GROUP BY instansi_kode, indikator
HAVING count(*) > 1
UNION ALL
SELECT 'kerabat' AS tabel, concat_ws('/', nip, nip_kerabat) AS kunci, count(*) AS n
FROM kerabat
GROUP BY nip, nip_kerabat
HAVING count(*) > 1
UNION ALL
SELECT 'atasan' AS tabel, concat_ws('/', instansi_kode, nip) AS kunci, count(*) AS n
FROM atasan
GROUP BY instansi_kode, nip
HAVING count(*) > 1
UNION ALL
SELECT 'n01' AS tabel, concat_ws('/', instansi_kode, nip, nip_atasan) AS kunci, count(*) AS n
FROM n01
GROUP BY instansi_kode, nip, nip_atasan
HAVING count(*) > 1
UNION ALL
SELECT 'n03' AS tabel, concat_ws('/', instansi_kode, seleksi_id, nip, panelis_id) AS kunci, count(*) AS n
FROM n03
GROUP BY instansi_kode, seleksi_id, nip, panelis_id
HAVING count(*) > 1
UNION ALL
SELECT 'n04' AS tabel, concat_ws('/', instansi_kode, nip, tahun) AS kunci, count(*) AS n
FROM n04
GROUP BY instansi_kode, nip, tahun
HAVING count(*) > 1
UNION ALL
SELECT 'n11' AS tabel, concat_ws('/', instansi_kode, sumber, nip, nip_kerabat) AS kunci, count(*) AS n
FROM n11
GROUP BY instansi_kode, sumber, nip, nip_kerabat
HAVING count(*) > 1
UNION ALL
SELECT 'n13' AS tabel, instansi_kode AS kunci, count(*) AS n
FROM n13
GROUP BY instansi_kode
HAVING count(*) > 1
UNION ALL
SELECT 'n13_seleksi' AS tabel, concat_ws('/', instansi_kode, seleksi_id) AS kunci, count(*) AS n
FROM n13_seleksi
GROUP BY instansi_kode, seleksi_id
HAVING count(*) > 1
UNION ALL
SELECT 'n14' AS tabel, concat_ws('/', instansi_kode, seleksi_id, nip) AS kunci, count(*) AS n
FROM n14
GROUP BY instansi_kode, seleksi_id, nip
HAVING count(*) > 1
ORDER BY 1, 2
