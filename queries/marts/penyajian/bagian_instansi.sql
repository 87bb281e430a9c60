-- Bagian per instansi yang aman disajikan: setiap bagian dengan penyebut, selang Wilson, dan keadaannya.
-- Menyatakan: DAPAT_DINILAI bila penyebutnya cukup dan tidak ada sel kecil. Selain itu BELUM_DAPAT_DINILAI dengan alasannya: bagian, selang dan taksirannya kosong.
--   taksiran = rata-rata instansi yang ditarik ke rata-rata provinsi menurut keandalannya; kosong bila keandalannya rendah.
-- Tidak menyatakan: peringkat. Selang yang bertumpuk berarti bedanya tidak dapat dipastikan; tabel peringkat tidak dibuat dari sini.
-- Dasar: Brown, Cai & DasGupta 2001 (selang Wilson); beta-binomial empiris Bayes; sel kecil dan penyebut terkecil dari tabel aturan.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- indikator: Indikator (tabel aturan penyajian)
-- kelompok: Rincian indikator itu
-- n: Penyebut
-- bagian: Bagian, 0 sampai 1
-- bawah: Batas bawah selang Wilson
-- atas: Batas atas selang Wilson
-- taksiran: Taksiran empiris Bayes
-- keandalan: Keandalan angka instansi, 0 sampai 1
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL atau SEL_KECIL
WITH hitungan AS (
    SELECT instansi_kode, 'T01' AS indikator, 'PNS' AS kelompok, n_pns AS n, n_cukup AS k
    FROM t01_instansi
    UNION ALL
    SELECT instansi_kode, 'T01_PPPK' AS indikator, 'PPPK' AS kelompok, n_pppk AS n, n_pppk_lewat AS k
    FROM t01_instansi
    UNION ALL
    SELECT instansi_kode, 'T03' AS indikator, kompetensi_kode AS kelompok, n, n_kritis AS k
    FROM t03
    UNION ALL
    SELECT instansi_kode, 'T05' AS indikator, 'SEMUA' AS kelompok, n_kebutuhan AS n, n_belum_terlayani AS k
    FROM t05
    UNION ALL
    SELECT instansi_kode, 'T08' AS indikator, jenjang AS kelompok, n, n_tertinggal AS k
    FROM t08_instansi
    UNION ALL
    SELECT instansi_kode, 'T09' AS indikator, kelompok, n, n_tanpa AS k
    FROM t09
    UNION ALL
    SELECT instansi_kode, 'TALENTA' AS indikator, 'DIPETAKAN' AS kelompok, count(*) AS n, count(*) FILTER (WHERE talent_pool) AS k
    FROM talenta
    WHERE status = 'DIPETAKAN'
    GROUP BY instansi_kode
    UNION ALL
    SELECT instansi_kode, 'M01' AS indikator, syarat AS kelompok, n - tidak_berlaku AS n, memenuhi AS k
    FROM m01_instansi
    UNION ALL
    SELECT instansi_kode, 'M04' AS indikator, jendela AS kelompok, n_berakhir AS n, n_kurang AS k
    FROM m04_instansi
    UNION ALL
    SELECT instansi_kode, 'M07' AS indikator, 'SEMUA' AS kelompok, n_terpilih AS n, n_peringkat_satu AS k
    FROM m07_instansi
    UNION ALL
    SELECT instansi_kode, 'M09' AS indikator, 'SEMUA' AS kelompok, count(*) AS n, count(*) FILTER (WHERE kurang_peserta) AS k
    FROM m09
    GROUP BY instansi_kode
    UNION ALL
    SELECT
        instansi_kode, 'M10' AS indikator, CAST(tahun AS VARCHAR) AS kelompok,
        count(*) AS n, count(*) FILTER (WHERE predikat <= parameter('m10.predikat_baik_maks')) AS k
    FROM penilaian_tahunan
    GROUP BY instansi_kode, tahun
    UNION ALL
    SELECT instansi_kode, 'M11' AS indikator, 'BERJALAN' AS kelompok, count(*) AS n, count(*) FILTER (WHERE lama) AS k
    FROM m11_rangkaian
    WHERE sebab = 'BERJALAN'
    GROUP BY instansi_kode
    UNION ALL
    SELECT instansi_kode, 'M12' AS indikator, '12_BULAN' AS kelompok, count(*) AS n, count(*) FILTER (WHERE tanpa_dasar) AS k
    FROM m12
    WHERE dalam_jendela
    GROUP BY instansi_kode
),
terhadap_provinsi AS (
    SELECT
        instansi_kode, indikator, kelompok, n, k,
        CAST(k AS DOUBLE) / n AS bagian,
        CAST(sum(k) OVER kelompok_sama AS DOUBLE) / sum(n) OVER kelompok_sama AS rata_provinsi,
        count(*) OVER kelompok_sama AS n_unit,
        CAST(sum(n) OVER kelompok_sama AS DOUBLE) AS jumlah_n,
        CAST(sum(n * n) OVER kelompok_sama AS DOUBLE) AS jumlah_n_kuadrat
    FROM hitungan
    WHERE n > 0
    WINDOW kelompok_sama AS (PARTITION BY indikator, kelompok)
),
ragam AS (
    SELECT
        *,
        greatest(
            (
                sum(n * power(bagian - rata_provinsi, 2)) OVER (PARTITION BY indikator, kelompok)
                - (n_unit - 1) * rata_provinsi * (1 - rata_provinsi)
            ) / nullif(jumlah_n - jumlah_n_kuadrat / jumlah_n, 0),
            parameter('penyajian.ragam_min')
        ) AS ragam_antarinstansi
    FROM terhadap_provinsi
),
penarikan AS (
    SELECT
        *,
        CASE WHEN n_unit > 1 THEN greatest(rata_provinsi * (1 - rata_provinsi) / ragam_antarinstansi - 1, 0) END AS kuat_tarikan
    FROM ragam
),
dinilai AS (
    SELECT
        p.instansi_kode, p.indikator, p.kelompok, p.n, p.k, p.bagian,
        round(p.n / (p.n + p.kuat_tarikan), 6) AS keandalan,
        round((p.k + p.rata_provinsi * p.kuat_tarikan) / (p.n + p.kuat_tarikan), 6) AS taksiran,
        CASE
            WHEN p.n < a.n_min THEN 'PENYEBUT_KECIL'
            WHEN p.k > 0 AND p.k < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
            WHEN p.k < p.n AND p.n - p.k < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
        END AS alasan
    FROM penarikan AS p
    INNER JOIN penyajian AS a ON a.indikator = p.indikator
)
SELECT
    instansi_kode,
    indikator,
    kelompok,
    n,
    CASE WHEN alasan IS NULL THEN bagian END AS bagian,
    CASE WHEN alasan IS NULL THEN wilson_bawah(k, n, parameter('penyajian.wilson_z')) END AS bawah,
    CASE WHEN alasan IS NULL THEN wilson_atas(k, n, parameter('penyajian.wilson_z')) END AS atas,
    CASE WHEN alasan IS NULL AND keandalan >= parameter('penyajian.keandalan_min') THEN taksiran END AS taksiran,
    keandalan,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode, indikator, kelompok
