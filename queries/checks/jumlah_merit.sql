-- tingkat: GAGAL
-- Hitungan merit per instansi harus sama dengan hitungan per kejadian: promosi (M01), masa JPT (M04), seleksi (M07), Plt (M11).
-- Dasar: jumlah di antara tingkat harus sama.
WITH kejadian AS (
    SELECT 'm01' AS tabel, instansi_kode, count(*) AS n FROM m01 WHERE dalam_jendela GROUP BY instansi_kode
    UNION ALL
    SELECT 'm04' AS tabel, instansi_kode, count(*) AS n FROM m04 GROUP BY instansi_kode
    UNION ALL
    SELECT 'm07' AS tabel, instansi_kode, count(*) AS n FROM m07 GROUP BY instansi_kode
    UNION ALL
    SELECT 'm11' AS tabel, instansi_kode, count(*) AS n FROM m11 GROUP BY instansi_kode
),
per_instansi AS (
    SELECT 'm01' AS tabel, instansi_kode, n FROM m01_instansi WHERE syarat = 'hasil' AND n > 0
    UNION ALL
    SELECT 'm04' AS tabel, instansi_kode, n_berakhir AS n FROM m04_instansi WHERE jendela = 'SEMUA' AND n_berakhir > 0
    UNION ALL
    SELECT 'm07' AS tabel, instansi_kode, n_selesai AS n FROM m07_instansi WHERE n_selesai > 0
    UNION ALL
    SELECT 'm11' AS tabel, instansi_kode, sum(n_baris) AS n FROM m11_rangkaian GROUP BY instansi_kode
)
SELECT coalesce(i.tabel, k.tabel) AS tabel, coalesce(i.instansi_kode, k.instansi_kode) AS instansi_kode, i.n, k.n AS n_kejadian
FROM per_instansi AS i
FULL OUTER JOIN kejadian AS k ON k.tabel = i.tabel AND k.instansi_kode = i.instansi_kode
WHERE (i.n IS DISTINCT FROM k.n)
ORDER BY 1, 2
