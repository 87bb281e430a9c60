-- tingkat: GAGAL
-- Hitungan T01 per instansi harus sama dengan T01 perorangan.
-- Dasar: jumlah di antara tingkat harus sama.
WITH perorangan AS (
    SELECT
        instansi_kode,
        count(*) AS n,
        count(*) FILTER (WHERE jenis_asn = 'PNS' AND kekurangan > 0) AS n_kurang,
        count(*) FILTER (WHERE lewat_batas) AS n_lewat
    FROM t01
    GROUP BY instansi_kode
)
SELECT s.instansi_kode, s.n_pns + s.n_pppk AS n, p.n AS n_perorangan, s.n_pns - s.n_cukup AS n_kurang, p.n_kurang AS n_kurang_perorangan
FROM t01_instansi AS s
FULL OUTER JOIN perorangan AS p ON p.instansi_kode = s.instansi_kode
WHERE s.instansi_kode IS NULL
    OR s.n_pns + s.n_pppk <> coalesce(p.n, 0)
    OR s.n_pns - s.n_cukup <> coalesce(p.n_kurang, 0)
    OR s.n_pppk_lewat <> coalesce(p.n_lewat, 0)
ORDER BY 1
