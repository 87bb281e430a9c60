-- Setiap bagian per instansi dan SEMUA, dengan alasan mengapa angkanya tidak ditampilkan: di dalam pemerintahan, dan kepada publik.
-- Menyatakan: alasan kosong bila boleh ditampilkan. PENYEBUT_KECIL, lalu SEL_KECIL; yang tidak boleh di dalam pemerintahan tidak boleh pula kepada publik.
-- Tidak menyatakan: angka yang boleh dibaca orang; n dan k di sini yang sebenarnya.
-- Dasar: metode bagian 4 dan 8 (sel kecil); penyebut terkecil dari tabel aturan penyajian.
WITH cakupan AS (
    SELECT indikator, kelompok, instansi_kode, n, k
    FROM hitungan_bagian
    UNION ALL
    SELECT indikator, kelompok, 'SEMUA' AS instansi_kode, sum(n) AS n, sum(k) AS k
    FROM hitungan_bagian
    GROUP BY indikator, kelompok
),
batas AS (
    SELECT
        c.*,
        a.publik = 1 AS publik,
        a.n_min,
        CASE WHEN c.k > 0 AND c.k < c.n THEN least(c.k, c.n - c.k) END AS sel_terkecil
    FROM cakupan AS c
    INNER JOIN penyajian AS a ON a.indikator = c.indikator
)
SELECT
    indikator,
    kelompok,
    instansi_kode,
    publik,
    n,
    k,
    n < parameter('penyajian.sel_min') AS n_ditahan,
    CASE WHEN n < n_min THEN 'PENYEBUT_KECIL' WHEN sel_terkecil < parameter('penyajian.sel_min') THEN 'SEL_KECIL' END AS alasan,
    n < parameter('penyajian.sel_min_publik') AS n_ditahan_publik,
    CASE
        WHEN n < greatest(n_min, parameter('penyajian.sel_min_publik')) THEN 'PENYEBUT_KECIL'
        WHEN sel_terkecil < parameter('penyajian.sel_min_publik') THEN 'SEL_KECIL'
    END AS alasan_publik
FROM batas
