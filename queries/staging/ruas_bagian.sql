-- Pembilang bagian sebagai ruas: instansi menjadi jumlah provinsi, dan kelompok SEMUA terbagi atas kelompok di dalamnya dan sisanya.
-- Menyatakan: satu baris per pembilang; kebutuhan (T05) = jumlah kebutuhan setiap kompetensi, maka penyebut T05 yang ditahan ikut sebagai JUMLAH;
--   kelompok SISA tidak ditampilkan tetapi terhitung dari yang lain, maka dijaga seperti yang ditampilkan.
-- Tidak menyatakan: sel yang ditahan.
-- Dasar: metode bagian 8; bagian yang selnya bersama tabel lain (peta talenta, uji promosi, predikat) pada tabel tahannya sendiri.
WITH anak AS (
    SELECT indikator, kelompok, instansi_kode, n, k
    FROM baris_bagian
    WHERE indikator IN ('M04', 'T09') AND kelompok <> 'SEMUA'
),
baris AS (
    SELECT indikator, kelompok, instansi_kode, n, k, turun, naik, false AS wajib
    FROM baris_bagian
    WHERE indikator NOT IN ('M01', 'M10', 'M10_TERBAIK', 'TALENTA')
    UNION ALL
    SELECT
        i.indikator, 'SISA' AS kelompok, i.instansi_kode, i.n - coalesce(a.n, 0) AS n, i.k - coalesce(a.k, 0) AS k,
        i.k - coalesce(a.k, 0) AS turun, (i.n - i.k) - coalesce(a.n - a.k, 0) AS naik, false AS wajib
    FROM baris_bagian AS i
    LEFT JOIN anak AS a ON a.indikator = i.indikator AND a.instansi_kode = i.instansi_kode
    WHERE i.indikator IN ('M04', 'T09') AND i.kelompok = 'SEMUA'
    UNION ALL
    SELECT 'KEBUTUHAN' AS indikator, 'JUMLAH' AS kelompok, instansi_kode, n, n AS k, n AS turun, NULL AS naik, true AS wajib
    FROM baris_bagian
    WHERE indikator = 'T05' AND n_ditahan
),
simpul AS (
    SELECT
        *,
        indikator IN ('M04', 'T09', 'KEBUTUHAN') AS bersama,
        CASE
            WHEN kelompok = 'JUMLAH' THEN 'AWAL'
            WHEN indikator NOT IN ('M04', 'T09', 'KEBUTUHAN') OR kelompok = 'SEMUA' THEN 'AWAL'
            WHEN instansi_kode = 'SEMUA' THEN 'AKHIR'
            ELSE instansi_kode
        END AS hulu,
        CASE
            WHEN kelompok IN ('JUMLAH', 'SEMUA') AND indikator IN ('M04', 'T09', 'KEBUTUHAN') AND instansi_kode <> 'SEMUA' THEN instansi_kode
            WHEN kelompok IN ('JUMLAH', 'SEMUA') OR indikator NOT IN ('M04', 'T09', 'KEBUTUHAN') THEN 'AKHIR'
            ELSE kelompok
        END AS hilir
    FROM baris
)
SELECT
    CASE WHEN bersama THEN indikator ELSE concat_ws('/', indikator, kelompok) END AS keluarga,
    indikator,
    kelompok,
    instansi_kode,
    CASE WHEN instansi_kode = 'SEMUA' THEN hilir ELSE hulu END AS dari,
    CASE WHEN instansi_kode = 'SEMUA' THEN hulu ELSE hilir END AS ke,
    n,
    k,
    turun,
    naik,
    wajib,
    CAST(CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') * n ELSE n END AS BIGINT) AS biaya
FROM simpul
