-- Apakah N13 suatu instansi, atau SEMUA, dapat dinilai.
-- Menyatakan: DAPAT_DINILAI hanya bila seleksinya cukup banyak dan tidak ada sel kecil; dengan sedikit seleksi uji ini hampir tidak pernah menemukan apa pun.
-- Tidak menyatakan: bahwa yang belum dapat dinilai itu bersih, atau sebaliknya.
-- Dasar: daya uji pada metode N13; banyaknya seleksi terkecil dari parameter penyajian.n13_min; metode bagian 8 (sel kecil).
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_seleksi: Seleksi yang dihitung; kosong bila terlalu sedikit untuk disebut
-- pemenang_terhubung: Dimenangi finalis terhubung
-- harapan: Yang diharapkan bila peluang finalis setara
-- p_ekor: Peluang sebanyak itu atau lebih
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: SELEKSI_SEDIKIT, SEL_KECIL, atau PELENGKAP
WITH ruas AS (
    SELECT
        *,
        n_seleksi - pemenang_terhubung AS tidak_terhubung,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AKHIR' ELSE 'AWAL' END AS dari,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AWAL' ELSE 'AKHIR' END AS ke,
        CAST(CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') * n_seleksi ELSE n_seleksi END AS BIGINT) AS biaya
    FROM n13
),
penyebut AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, greatest(pemenang_terhubung, tidak_terhubung), NULL,
            CASE WHEN n_seleksi > 0 AND n_seleksi < parameter('penyajian.sel_min') THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS n_ditahan,
        CASE
            WHEN n_seleksi < parameter('penyajian.n13_min') THEN 'SELEKSI_SEDIKIT'
            WHEN (pemenang_terhubung > 0 AND pemenang_terhubung < parameter('penyajian.sel_min'))
                OR (tidak_terhubung > 0 AND tidak_terhubung < parameter('penyajian.sel_min')) THEN 'SEL_KECIL'
        END AS alasan_sendiri
    FROM ruas
),
pembilang AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, pemenang_terhubung, CASE WHEN NOT n_ditahan THEN tidak_terhubung END,
            CASE WHEN n_seleksi > 0 AND (n_ditahan OR alasan_sendiri IS NOT NULL) THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS ditahan
    FROM penyebut
),
dinilai AS (
    SELECT *, CASE WHEN alasan_sendiri IS NOT NULL THEN alasan_sendiri WHEN ditahan THEN 'PELENGKAP' END AS alasan
    FROM pembilang
)
SELECT
    instansi_kode,
    CASE WHEN NOT n_ditahan THEN n_seleksi END AS n_seleksi,
    CASE WHEN alasan IS NULL THEN pemenang_terhubung END AS pemenang_terhubung,
    CASE WHEN alasan IS NULL THEN harapan END AS harapan,
    CASE WHEN alasan IS NULL THEN p_ekor END AS p_ekor,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode
