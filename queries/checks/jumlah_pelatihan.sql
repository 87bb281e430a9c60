-- tingkat: GAGAL
-- T08 per instansi harus sama dengan T08 perorangan, dan T09 SEMUA harus sama dengan jumlah PNS aktif pada peta talenta.
-- Dasar: jumlah di antara tingkat harus sama.
WITH perorangan AS (
    SELECT 't08' AS tabel, instansi_kode, count(*) AS n, count(*) FILTER (WHERE tertinggal) AS k
    FROM t08
    GROUP BY instansi_kode
    UNION ALL
    SELECT 't09' AS tabel, instansi_kode, count(*) AS n, count(*) FILTER (WHERE status = 'BELUM_ASESMEN') AS k
    FROM talenta
    GROUP BY instansi_kode
),
per_instansi AS (
    SELECT 't08' AS tabel, instansi_kode, sum(n) AS n, sum(n_tertinggal) AS k
    FROM t08_instansi
    GROUP BY instansi_kode
    UNION ALL
    SELECT 't09' AS tabel, instansi_kode, n, n_tanpa AS k
    FROM t09
    WHERE kelompok = 'SEMUA' AND n > 0
)
SELECT
    coalesce(i.tabel, o.tabel) AS tabel,
    coalesce(i.instansi_kode, o.instansi_kode) AS instansi_kode,
    i.n,
    o.n AS n_perorangan,
    i.k,
    o.k AS k_perorangan
FROM per_instansi AS i
FULL OUTER JOIN perorangan AS o ON o.tabel = i.tabel AND o.instansi_kode = i.instansi_kode
WHERE (i.n IS DISTINCT FROM o.n) OR (i.k IS DISTINCT FROM o.k)
ORDER BY 1, 2
