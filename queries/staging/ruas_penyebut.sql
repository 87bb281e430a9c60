-- Penyebut sebagai ruas: instansi menjadi jumlah provinsi, dan induk terbagi atas anak dan sisanya.
-- Menyatakan: satu baris per keluarga angka, bagiannya (INDUK, ANAK = sebagian dari orang yang sama, SISA = selebihnya) dan instansi, SEMUA termasuk.
-- Tidak menyatakan: penyebut yang ditahan; itu pada penyebut_ditahan.
-- Dasar: metode bagian 8 (penahanan pelengkap).
WITH populasi AS (
    SELECT keluarga, anak, instansi_kode, min(n) AS n, max(sel) AS sel
    FROM hitungan_bagian
    WHERE indikator NOT IN ('M01', 'TALENTA')
    GROUP BY keluarga, anak, instansi_kode
    UNION ALL
    SELECT 'M01' AS keluarga, false AS anak, m.instansi_kode, m.n, max(h.sel) AS sel
    FROM m01_instansi AS m
    INNER JOIN hitungan_bagian AS h ON h.keluarga = 'M01' AND h.instansi_kode = m.instansi_kode
    WHERE m.syarat = 'hasil' AND m.n > 0
    GROUP BY m.instansi_kode, m.n
),
rincian AS (
    SELECT
        i.keluarga, i.instansi_kode, i.n, i.sel,
        least(coalesce(a.n, 0), i.n) AS n_anak,
        count(a.n) OVER (PARTITION BY i.keluarga) > 0 AS bersarang
    FROM populasi AS i
    LEFT JOIN populasi AS a ON a.anak AND a.keluarga = i.keluarga AND a.instansi_kode = i.instansi_kode
    WHERE NOT i.anak
),
sel AS (
    SELECT
        keluarga, 'INDUK' AS bagian, instansi_kode, 'AWAL' AS dari,
        CASE WHEN bersarang THEN instansi_kode ELSE 'AKHIR' END AS ke, n, sel, CAST(n AS DOUBLE) AS biaya
    FROM rincian
    UNION ALL
    SELECT keluarga, 'ANAK' AS bagian, instansi_kode, instansi_kode AS dari, 'ANAK' AS ke, n_anak AS n, sel, CAST(n_anak AS DOUBLE) AS biaya
    FROM rincian
    WHERE bersarang
    UNION ALL
    SELECT keluarga, 'SISA' AS bagian, instansi_kode, instansi_kode AS dari, 'SISA' AS ke, n - n_anak AS n, sel, CAST(n - n_anak AS DOUBLE) AS biaya
    FROM rincian
    WHERE bersarang
)
SELECT keluarga, bagian, instansi_kode, dari, ke, n, sel, biaya
FROM sel
UNION ALL
SELECT
    keluarga, bagian, 'SEMUA' AS instansi_kode,
    CASE WHEN bagian = 'INDUK' THEN 'AKHIR' ELSE bagian END AS dari,
    CASE WHEN bagian = 'INDUK' THEN 'AWAL' ELSE 'AKHIR' END AS ke,
    sum(n) AS n, max(sel) AS sel, parameter('penyajian.biaya_jumlah') * sum(n) AS biaya
FROM sel
GROUP BY keluarga, bagian
