-- tingkat: GAGAL
-- Angka yang disajikan harus sama dengan tabel hasilnya, dan jumlah instansi harus sama dengan jumlah provinsi di mana semuanya ditampilkan.
-- Dasar: jumlah di antara tingkat harus sama; yang ditahan tidak dibandingkan.
WITH penyebut AS (
    SELECT 'T01' AS indikator, instansi_kode, n_pns AS n, bagian FROM t01_instansi
    UNION ALL
    SELECT 'T05' AS indikator, instansi_kode, n_kebutuhan AS n, bagian FROM t05
    UNION ALL
    SELECT 'M07' AS indikator, instansi_kode, n_terpilih AS n, bagian FROM m07_instansi
),
provinsi AS (
    SELECT indikator, kelompok, sum(n) AS n, sum(round(n * bagian)) AS k, count(*) AS baris, count(n) AS n_ada, count(bagian) AS k_ada
    FROM bagian_instansi
    GROUP BY indikator, kelompok
),
kotak_provinsi AS (
    SELECT kotak, sum(n) FILTER (WHERE instansi_kode <> 'SEMUA') AS n, max(n) FILTER (WHERE instansi_kode = 'SEMUA') AS n_semua, count(*) - count(n) AS ditahan
    FROM kotak_instansi
    GROUP BY kotak
),
hitungan_indikasi AS (
    SELECT 'N01' AS indikator, instansi_kode, count(*) AS n FROM n01 GROUP BY instansi_kode
    UNION ALL
    SELECT 'N04' AS indikator, instansi_kode, count(*) AS n FROM n04 GROUP BY instansi_kode
)
SELECT 'bagian_instansi' AS tabel, b.instansi_kode, b.indikator AS rincian
FROM bagian_instansi AS b
INNER JOIN penyebut AS p ON p.indikator = b.indikator AND p.instansi_kode = b.instansi_kode
WHERE b.n <> p.n OR round(b.bagian - p.bagian, 9) <> 0
UNION ALL
SELECT 'bagian_provinsi' AS tabel, 'SEMUA' AS instansi_kode, concat_ws('/', p.indikator, p.kelompok) AS rincian
FROM bagian_provinsi AS p
INNER JOIN provinsi AS i ON i.indikator = p.indikator AND i.kelompok = p.kelompok
WHERE (i.n_ada = i.baris AND p.n <> i.n) OR (i.k_ada = i.baris AND round(p.n * p.bagian) <> i.k)
UNION ALL
SELECT 'bagian_publik' AS tabel, p.instansi_kode, concat_ws('/', p.indikator, p.kelompok) AS rincian
FROM bagian_publik AS p
INNER JOIN bagian_instansi AS b ON b.indikator = p.indikator AND b.kelompok = p.kelompok AND b.instansi_kode = p.instansi_kode
WHERE ((p.n IS DISTINCT FROM b.n) AND p.n IS NOT NULL)
    OR ((p.bagian IS DISTINCT FROM b.bagian) AND p.bagian IS NOT NULL)
UNION ALL
SELECT 'kotak_instansi' AS tabel, k.instansi_kode, k.kotak AS rincian
FROM kotak_instansi AS k
INNER JOIN talenta_instansi AS t ON t.instansi_kode = k.instansi_kode AND t.kotak = k.kotak
WHERE k.n <> t.n
UNION ALL
SELECT 'kotak_instansi' AS tabel, 'SEMUA' AS instansi_kode, kotak AS rincian
FROM kotak_provinsi
WHERE ditahan = 0 AND n <> n_semua
UNION ALL
SELECT 'indeks_instansi' AS tabel, i.instansi_kode, 'indeks' AS rincian
FROM indeks_instansi AS i
INNER JOIN ip_asn_instansi AS a ON a.instansi_kode = i.instansi_kode
WHERE i.n <> a.n OR round(i.indeks - a.indeks, 9) <> 0
UNION ALL
SELECT 'promosi_instansi' AS tabel, p.instansi_kode, p.syarat AS rincian
FROM promosi_instansi AS p
INNER JOIN m01_instansi AS m ON m.instansi_kode = p.instansi_kode AND m.syarat = p.syarat
WHERE p.n <> m.n OR p.memenuhi <> m.memenuhi OR p.tidak <> m.tidak OR p.tanpa_bukti <> m.tanpa_bukti OR p.tidak_berlaku <> m.tidak_berlaku
UNION ALL
SELECT 'indikasi_instansi' AS tabel, i.instansi_kode, i.indikator AS rincian
FROM indikasi_instansi AS i
INNER JOIN hitungan_indikasi AS h ON h.indikator = i.indikator AND h.instansi_kode = i.instansi_kode
WHERE i.n <> h.n
ORDER BY 1, 2, 3
