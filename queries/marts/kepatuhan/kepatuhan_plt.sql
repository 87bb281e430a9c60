-- Penugasan Plt yang masih berjalan dan yang melampaui batas, per instansi dan SEMUA.
-- Menyatakan: banyaknya rangkaian Plt; angka yang menyangkut terlalu sedikit orang dikosongkan (DISAMARKAN), begitu pula instansi berikutnya
--   selama angka yang ditutup masih dapat dihitung dari jumlah provinsi.
-- Tidak menyatakan: sebab jabatan belum terisi.
-- Dasar: SE BKN 1/SE/I/2021; M11.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_berjalan: Rangkaian Plt yang masih berjalan
-- n_lama: Di antaranya yang melampaui batas
-- batas_hari: Lama yang masih wajar, hari
-- status: ADA, TIDAK_ADA, atau DISAMARKAN
WITH hitungan AS (
    SELECT
        s.instansi_kode,
        count(m.nip) AS n_berjalan,
        count(m.nip) FILTER (WHERE m.lama) AS n_lama
    FROM instansi_kini AS s
    LEFT JOIN m11_rangkaian AS m ON m.instansi_kode = s.instansi_kode AND m.sebab = 'BERJALAN'
    GROUP BY s.instansi_kode
),
kecil AS (
    SELECT
        *,
        n_berjalan BETWEEN 1 AND parameter('penyajian.sel_min') - 1
            OR n_lama BETWEEN 1 AND parameter('penyajian.sel_min') - 1
            OR n_berjalan - n_lama BETWEEN 1 AND parameter('penyajian.sel_min') - 1 AS kecil,
        least(n_lama, n_berjalan - n_lama) AS sedikit
    FROM hitungan
),
tertutup AS (
    SELECT
        *,
        kecil
        OR (
            count(*) FILTER (WHERE kecil) OVER () > 0
            AND n_berjalan > 0
            AND (
                count(*) OVER sebelum < 2
                OR coalesce(least(sum(n_lama) OVER sebelum, sum(n_berjalan - n_lama) OVER sebelum), 0) < parameter('penyajian.sel_min')
            )
        ) AS ditutup
    FROM kecil
    WINDOW sebelum AS (
        PARTITION BY n_berjalan > 0 ORDER BY kecil DESC, sedikit = 0, sedikit, instansi_kode
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
semua AS (
    SELECT instansi_kode, n_berjalan, n_lama, ditutup FROM tertutup
    UNION ALL
    SELECT
        'SEMUA' AS instansi_kode, coalesce(sum(n_berjalan), 0) AS n_berjalan, coalesce(sum(n_lama), 0) AS n_lama,
        coalesce(
            sum(n_lama) BETWEEN 1 AND parameter('penyajian.sel_min') - 1
            OR sum(n_berjalan) - sum(n_lama) BETWEEN 1 AND parameter('penyajian.sel_min') - 1, false
        ) AS ditutup
    FROM hitungan
)
SELECT
    instansi_kode,
    CASE WHEN NOT ditutup THEN n_berjalan END AS n_berjalan,
    CASE WHEN NOT ditutup THEN n_lama END AS n_lama,
    CAST(parameter('m11.hari_maks') AS BIGINT) AS batas_hari,
    CASE WHEN ditutup THEN 'DISAMARKAN' WHEN n_berjalan = 0 THEN 'TIDAK_ADA' ELSE 'ADA' END AS status
FROM semua
ORDER BY instansi_kode
