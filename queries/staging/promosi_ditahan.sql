-- Sel uji promosi yang ditahan, per instansi atau SEMUA, syarat, dan keadaannya.
-- Menyatakan: keadaan MEMENUHI, TIDAK, TANPA_BUKTI, TIDAK_BERLAKU, dan BERLAKU (jumlah tiga yang pertama).
-- Tidak menyatakan: banyaknya promosi; itu pada penyebut_ditahan.
-- Dasar: metode bagian 8; promosi = berlaku + tidak berlaku, berlaku terbagi atas tiga keadaan, dan instansi menjadi jumlah provinsi.
WITH isi AS (
    SELECT instansi_kode, syarat, n, memenuhi, tidak, tanpa_bukti, tidak_berlaku
    FROM m01_instansi
    UNION ALL
    SELECT
        'SEMUA' AS instansi_kode, syarat, sum(n) AS n, sum(memenuhi) AS memenuhi, sum(tidak) AS tidak,
        sum(tanpa_bukti) AS tanpa_bukti, sum(tidak_berlaku) AS tidak_berlaku
    FROM m01_instansi
    GROUP BY syarat
),
uji AS (
    SELECT
        i.*,
        i.n < a.n_min OR coalesce(p.ditahan, false) AS tertutup,
        i.n > i.tidak_berlaku AND i.n - i.tidak_berlaku < a.n_min AS berlaku_sedikit
    FROM isi AS i
    INNER JOIN penyajian AS a ON a.indikator = 'M01'
    LEFT JOIN penyebut_ditahan AS p ON p.keluarga = 'M01' AND p.instansi_kode = i.instansi_kode
    WHERE i.n > 0
),
sel AS (
    SELECT syarat, instansi_kode, tertutup, 'BERLAKU' AS keadaan, instansi_kode AS hulu, n - tidak_berlaku AS n, 0 AS sisa
    FROM uji
    UNION ALL
    SELECT syarat, instansi_kode, tertutup, 'TIDAK_BERLAKU' AS keadaan, instansi_kode AS hulu, tidak_berlaku AS n, 0 AS sisa
    FROM uji
    UNION ALL
    SELECT
        syarat, instansi_kode, tertutup OR berlaku_sedikit AS tertutup, 'MEMENUHI' AS keadaan,
        concat(instansi_kode, '/BERLAKU') AS hulu, memenuhi AS n, tidak + tanpa_bukti AS sisa
    FROM uji
    UNION ALL
    SELECT syarat, instansi_kode, tertutup, 'TIDAK' AS keadaan, concat(instansi_kode, '/BERLAKU') AS hulu, tidak AS n, 0 AS sisa
    FROM uji
    UNION ALL
    SELECT syarat, instansi_kode, tertutup, 'TANPA_BUKTI' AS keadaan, concat(instansi_kode, '/BERLAKU') AS hulu, tanpa_bukti AS n, 0 AS sisa
    FROM uji
),
ruas AS (
    SELECT
        syarat, instansi_kode, keadaan, n,
        CASE
            WHEN instansi_kode <> 'SEMUA' THEN hulu
            WHEN keadaan = 'BERLAKU' THEN 'SEMUA/BERLAKU'
            ELSE keadaan
        END AS dari,
        CASE
            WHEN instansi_kode <> 'SEMUA' AND keadaan = 'BERLAKU' THEN concat(instansi_kode, '/BERLAKU')
            WHEN instansi_kode <> 'SEMUA' THEN keadaan
            WHEN keadaan IN ('BERLAKU', 'TIDAK_BERLAKU') THEN 'AKHIR'
            ELSE 'SEMUA/BERLAKU'
        END AS ke,
        tertutup
            OR (n > 0 AND n < parameter('penyajian.sel_min'))
            OR (sisa > 0 AND sisa < parameter('penyajian.sel_min')) AS kecil,
        CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') * n ELSE n END AS biaya
    FROM sel
)
SELECT
    syarat,
    instansi_kode,
    keadaan,
    n,
    sel_ditahan(
        dari, ke, n, NULL, CASE WHEN kecil THEN 'TERTUTUP' ELSE 'TERBUKA' END,
        CAST(biaya AS BIGINT), CAST(parameter('penyajian.sel_min') AS BIGINT)
    ) OVER (PARTITION BY syarat ORDER BY keadaan, instansi_kode) AS ditahan
FROM ruas
