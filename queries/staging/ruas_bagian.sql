-- Pembilang bagian sebagai ruas: instansi menjadi jumlah provinsi, dan kelompok SEMUA terbagi atas kelompok di dalamnya dan sisanya.
-- Menyatakan: satu baris per pembilang;  kelompok SISA tidak ditampilkan tetapi terhitung dari yang lain, maka dijaga seperti yang ditampilkan.
-- Tidak menyatakan: sel yang ditahan.
-- Dasar: metode bagian 8; bagian yang selnya bersama tabel lain (peta talenta, uji promosi, predikat, kebutuhan) pada tabel tahannya sendiri.
WITH anak AS (
    SELECT indikator, kelompok, instansi_kode, n, k
    FROM baris_bagian
    WHERE indikator IN ('M04', 'T09') AND kelompok <> 'SEMUA'
),
baris AS (
    SELECT indikator, kelompok, instansi_kode, n, k, turun, naik
    FROM baris_bagian
    WHERE indikator NOT IN ('M01', 'M10', 'M10_TERBAIK', 'TALENTA', 'KEBUTUHAN')
    UNION ALL
    SELECT
        i.indikator, 'SISA' AS kelompok, i.instansi_kode, i.n - coalesce(a.n, 0) AS n, i.k - coalesce(a.k, 0) AS k,
        i.k - coalesce(a.k, 0) AS turun, (i.n - i.k) - coalesce(a.n - a.k, 0) AS naik
    FROM baris_bagian AS i
    LEFT JOIN anak AS a ON a.indikator = i.indikator AND a.instansi_kode = i.instansi_kode
    WHERE i.indikator IN ('M04', 'T09') AND i.kelompok = 'SEMUA'
),
simpul AS (
    SELECT
        *,
        indikator IN ('M04', 'T09') AS bersarang,
        CASE
            WHEN indikator NOT IN ('M04', 'T09') OR kelompok = 'SEMUA' THEN 'AWAL'
            WHEN instansi_kode = 'SEMUA' THEN 'AKHIR'
            ELSE instansi_kode
        END AS hulu,
        CASE
            WHEN indikator NOT IN ('M04', 'T09') THEN 'AKHIR'
            WHEN kelompok <> 'SEMUA' THEN kelompok
            WHEN instansi_kode = 'SEMUA' THEN 'AKHIR'
            ELSE instansi_kode
        END AS hilir
    FROM baris
)
SELECT
    CASE WHEN bersarang THEN indikator ELSE concat_ws('/', indikator, kelompok) END AS keluarga,
    indikator,
    kelompok,
    instansi_kode,
    CASE WHEN instansi_kode = 'SEMUA' THEN hilir ELSE hulu END AS dari,
    CASE WHEN instansi_kode = 'SEMUA' THEN hulu ELSE hilir END AS ke,
    n,
    k,
    turun,
    naik,
    CAST(CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') * n ELSE n END AS BIGINT) AS biaya
FROM simpul
