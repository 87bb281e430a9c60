-- Penyebut yang tidak disebut: karena orangnya terlalu sedikit, atau agar yang terlalu sedikit itu tidak terhitung balik dari jumlahnya.
-- Menyatakan: satu baris per keluarga angka, bagiannya (induk, atau anak = sebagian dari orang yang sama) dan instansi, SEMUA termasuk;
--   ditahan di dalam pemerintahan, dan kepada publik.
-- Tidak menyatakan: pembilang; itu pada bagian_ditahan, peta_ditahan, promosi_ditahan, dan predikat_ditahan.
-- Dasar: metode bagian 8 (sel kecil dan penahanan pelengkap); fungsi sel_ditahan.
WITH dalam_pemerintahan AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, n / sel, NULL,
            CASE WHEN n > 0 AND n < parameter('penyajian.sel_min') THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            CAST(biaya AS BIGINT), CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (PARTITION BY keluarga ORDER BY bagian, instansi_kode) AS ditahan
    FROM ruas_penyebut
),
kepada_publik AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, n / sel, NULL,
            CASE WHEN ditahan OR (n > 0 AND n < parameter('penyajian.sel_min_publik')) THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            CAST(biaya AS BIGINT), CAST(parameter('penyajian.sel_min_publik') AS BIGINT)
        ) OVER (PARTITION BY keluarga ORDER BY bagian, instansi_kode) AS ditahan_publik
    FROM dalam_pemerintahan
)
SELECT
    keluarga,
    bagian = 'ANAK' AS anak,
    instansi_kode,
    n,
    ditahan,
    ditahan_publik
FROM kepada_publik
WHERE bagian <> 'SISA'
