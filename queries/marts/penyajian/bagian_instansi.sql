-- Bagian per instansi yang aman disajikan: setiap bagian dengan penyebut, selang Wilson, dan keadaannya.
-- Menyatakan: DAPAT_DINILAI bila penyebutnya cukup dan tidak ada sel kecil. Selain itu BELUM_DAPAT_DINILAI dengan alasannya: bagian, selang dan taksirannya kosong.
--   taksiran = bagian yang ditarik ke rata-rata instansi lain yang ditampilkan, menurut keandalannya; kosong bila keandalannya rendah.
-- Tidak menyatakan: peringkat. Selang yang bertumpuk berarti bedanya tidak dapat dipastikan; tabel peringkat tidak dibuat dari sini.
-- Dasar: Brown, Cai & DasGupta 2001 (selang Wilson); beta-binomial empiris Bayes; sel kecil dan penyebut terkecil dari tabel aturan.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- indikator: Indikator (tabel aturan penyajian)
-- kelompok: Rincian indikator itu
-- n: Penyebut; kosong bila orangnya terlalu sedikit untuk disebut
-- bagian: Bagian, 0 sampai 1
-- bawah: Batas bawah selang Wilson
-- atas: Batas atas selang Wilson
-- taksiran: Taksiran empiris Bayes
-- keandalan: Keandalan angka instansi, 0 sampai 1
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL, SEL_KECIL, atau PELENGKAP
WITH terhadap_provinsi AS (
    SELECT
        instansi_kode, indikator, kelompok, n, k,
        CAST(k AS DOUBLE) / n AS bagian,
        CAST(sum(k) OVER kelompok_sama AS DOUBLE) / sum(n) OVER kelompok_sama AS rata_provinsi,
        count(*) OVER kelompok_sama AS n_unit,
        CAST(sum(n) OVER kelompok_sama AS DOUBLE) AS jumlah_n,
        CAST(sum(n * n) OVER kelompok_sama AS DOUBLE) AS jumlah_n_kuadrat
    FROM bagian_dinilai
    WHERE alasan IS NULL AND instansi_kode <> 'SEMUA'
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
taksiran_instansi AS (
    SELECT
        instansi_kode, indikator, kelompok,
        round(n / (n + kuat_tarikan), 6) AS keandalan,
        round((k + rata_provinsi * kuat_tarikan) / (n + kuat_tarikan), 6) AS taksiran
    FROM penarikan
)
SELECT
    b.instansi_kode,
    b.indikator,
    b.kelompok,
    CASE WHEN NOT b.n_ditahan THEN b.n END AS n,
    CASE WHEN b.alasan IS NULL THEN CAST(b.k AS DOUBLE) / b.n END AS bagian,
    CASE WHEN b.alasan IS NULL THEN wilson_bawah(b.k, b.n, parameter('penyajian.wilson_z')) END AS bawah,
    CASE WHEN b.alasan IS NULL THEN wilson_atas(b.k, b.n, parameter('penyajian.wilson_z')) END AS atas,
    CASE WHEN t.keandalan >= parameter('penyajian.keandalan_min') THEN t.taksiran END AS taksiran,
    t.keandalan,
    CASE WHEN b.alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    b.alasan
FROM bagian_dinilai AS b
LEFT JOIN taksiran_instansi AS t
    ON t.instansi_kode = b.instansi_kode AND t.indikator = b.indikator AND t.kelompok = b.kelompok
WHERE b.instansi_kode <> 'SEMUA'
ORDER BY b.instansi_kode, b.indikator, b.kelompok
