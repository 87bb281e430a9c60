-- Sel peta talenta yang ditahan, per instansi atau SEMUA: kotak, kelompok rencana suksesi (TALENTA), dan yang belum dinilai (T09).
-- Menyatakan: PNS aktif = dipetakan + BELUM_ASESMEN + BELUM_KINERJA; dipetakan = kelompok suksesi + bukan; keduanya terbagi atas kotak;
--   BELUM_ASESMEN = pejabat struktural + lainnya. Semuanya satu susunan, karena setiap angka terhitung dari yang lain.
--   Kotak ditahan lebih dahulu daripada angka yang juga disajikan sebagai bagian (yang belum dinilai, yang dipetakan).
-- Tidak menyatakan: banyaknya PNS aktif; itu pada penyebut_ditahan.
-- Dasar: metode bagian 8; PermenPANRB 3/2020 (sembilan kotak).
WITH baris AS (
    SELECT
        p.instansi_kode,
        p.n AS n_pns,
        p.ditahan AS pns_ditahan,
        coalesce(d.n, 0) AS dipetakan,
        coalesce(d.k, 0) AS suksesi,
        coalesce(d.penyebut_kecil, true) AS dipetakan_sedikit,
        coalesce(a.k, 0) AS belum_asesmen,
        coalesce(a.penyebut_kecil, true) AS pns_sedikit,
        coalesce(s.k, 0) AS belum_struktural,
        coalesce(s.n, 0) AS struktural,
        coalesce(s.naik, 0) AS naik_struktural,
        coalesce(s.penyebut_kecil OR s.n_ditahan, false) AS struktural_tertutup
    FROM penyebut_ditahan AS p
    LEFT JOIN baris_bagian AS d ON d.indikator = 'TALENTA' AND d.instansi_kode = p.instansi_kode
    LEFT JOIN baris_bagian AS a ON a.indikator = 'T09' AND a.kelompok = 'SEMUA' AND a.instansi_kode = p.instansi_kode
    LEFT JOIN baris_bagian AS s ON s.indikator = 'T09' AND s.kelompok <> 'SEMUA' AND s.instansi_kode = p.instansi_kode
    WHERE p.keluarga = 'PNS' AND NOT p.anak
),
isi_kotak AS (
    SELECT instansi_kode, kotak, n FROM talenta_instansi
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode, kotak, sum(n) AS n FROM talenta_instansi GROUP BY kotak
),
sel AS (
    SELECT
        b.instansi_kode, i.kotak AS sel,
        CASE
            WHEN k.kelompok_suksesi = 1 THEN '/SUKSESI'
            WHEN k.kelompok_suksesi = 0 THEN '/BUKAN_SUKSESI'
            ELSE ''
        END AS hulu,
        CASE WHEN i.kotak = 'BELUM_ASESMEN' AND b.instansi_kode <> 'SEMUA' THEN concat(b.instansi_kode, '/BELUM_ASESMEN') ELSE i.kotak END AS hilir,
        i.n,
        CASE WHEN i.kotak = 'BELUM_ASESMEN' THEN b.n_pns - i.n ELSE 0 END AS sisa,
        NULL AS naik,
        b.pns_ditahan OR (i.kotak = 'BELUM_ASESMEN' AND b.pns_sedikit) AS tertutup
    FROM baris AS b
    INNER JOIN isi_kotak AS i ON i.instansi_kode = b.instansi_kode
    LEFT JOIN kotak_talenta AS k ON CAST(k.kotak AS VARCHAR) = i.kotak
    UNION ALL
    SELECT instansi_kode, 'DIPETAKAN' AS sel, '' AS hulu, '/DIPETAKAN' AS hilir, dipetakan AS n, 0 AS sisa, NULL AS naik, pns_ditahan AS tertutup
    FROM baris
    UNION ALL
    SELECT
        instansi_kode, 'SUKSESI' AS sel, '/DIPETAKAN' AS hulu, '/SUKSESI' AS hilir, suksesi AS n, dipetakan - suksesi AS sisa, NULL AS naik,
        pns_ditahan OR dipetakan_sedikit AS tertutup
    FROM baris
    UNION ALL
    SELECT
        instansi_kode, 'BUKAN_SUKSESI' AS sel, '/DIPETAKAN' AS hulu, '/BUKAN_SUKSESI' AS hilir, dipetakan - suksesi AS n, suksesi AS sisa, NULL AS naik,
        pns_ditahan OR dipetakan_sedikit AS tertutup
    FROM baris
    UNION ALL
    SELECT
        instansi_kode, 'STRUKTURAL' AS sel, '/BELUM_ASESMEN' AS hulu, 'STRUKTURAL' AS hilir, belum_struktural AS n,
        struktural - belum_struktural AS sisa, naik_struktural AS naik, struktural_tertutup AS tertutup
    FROM baris
    UNION ALL
    SELECT
        instansi_kode, 'SISA' AS sel, '/BELUM_ASESMEN' AS hulu, 'SISA' AS hilir, belum_asesmen - belum_struktural AS n,
        n_pns - struktural - belum_asesmen + belum_struktural AS sisa,
        n_pns - struktural - belum_asesmen + belum_struktural AS naik, false AS tertutup
    FROM baris
),
ruas AS (
    SELECT
        instansi_kode, sel, n, naik,
        CASE
            WHEN instansi_kode <> 'SEMUA' THEN concat(instansi_kode, hulu)
            WHEN sel IN ('DIPETAKAN', 'SUKSESI', 'BUKAN_SUKSESI', 'BELUM_ASESMEN') THEN concat('SEMUA/', sel)
            ELSE hilir
        END AS dari,
        CASE
            WHEN instansi_kode <> 'SEMUA' AND starts_with(hilir, '/') THEN concat(instansi_kode, hilir)
            WHEN instansi_kode <> 'SEMUA' THEN hilir
            WHEN hulu = '' THEN 'AKHIR'
            ELSE concat('SEMUA', hulu)
        END AS ke,
        tertutup
            OR (n > 0 AND n < parameter('penyajian.sel_min'))
            OR (sisa > 0 AND sisa < parameter('penyajian.sel_min')) AS kecil,
        sisa,
        n
            * CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') ELSE 1 END
            * CASE WHEN sel IN ('DIPETAKAN', 'BELUM_ASESMEN', 'STRUKTURAL') THEN parameter('penyajian.biaya_jumlah') ELSE 1 END AS biaya
    FROM sel
)
SELECT
    instansi_kode,
    sel,
    n,
    sel_ditahan(
        dari, ke, n, CASE WHEN naik IS NOT NULL AND kecil THEN sisa ELSE naik END,
        CASE WHEN kecil THEN 'TERTUTUP' ELSE 'TERBUKA' END,
        CAST(biaya AS BIGINT), CAST(parameter('penyajian.sel_min') AS BIGINT)
    ) OVER (ORDER BY sel, instansi_kode) AS ditahan
FROM ruas
