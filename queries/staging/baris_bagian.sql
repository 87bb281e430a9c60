-- Setiap bagian per instansi dan SEMUA, dengan keadaan penyebutnya: sebelum diputuskan sel mana yang ditahan.
-- Menyatakan: n dan k yang sebenarnya; penyebut kurang dari batas indikatornya, atau tidak disebut, di dalam pemerintahan dan kepada publik.
-- Tidak menyatakan: angka yang boleh dibaca orang.
-- Dasar: metode bagian 4; penyebut terkecil dari tabel aturan penyajian.
WITH cakupan AS (
    SELECT indikator, kelompok, instansi_kode, n, k, turun, naik, keluarga, anak
    FROM hitungan_bagian
    UNION ALL
    SELECT
        indikator, kelompok, 'SEMUA' AS instansi_kode, sum(n) AS n, sum(k) AS k, sum(turun) AS turun, sum(naik) AS naik,
        min(keluarga) AS keluarga, bool_or(anak) AS anak
    FROM hitungan_bagian
    GROUP BY indikator, kelompok
)
SELECT
    c.indikator,
    c.kelompok,
    c.instansi_kode,
    c.n,
    c.k,
    c.turun,
    c.naik,
    a.publik = 1 AS publik,
    coalesce(p.ditahan, false) AS n_ditahan,
    coalesce(p.ditahan_publik, false) AS n_ditahan_publik,
    c.n < a.n_min AS penyebut_kecil,
    c.n < greatest(a.n_min, parameter('penyajian.sel_min_publik')) AS penyebut_kecil_publik,
    CASE WHEN c.k > 0 AND c.k < c.n THEN least(c.k, c.n - c.k) WHEN c.n > 0 THEN c.n END AS sel_terkecil
FROM cakupan AS c
INNER JOIN penyajian AS a ON a.indikator = c.indikator
LEFT JOIN penyebut_ditahan AS p ON p.keluarga = c.keluarga AND p.anak = c.anak AND p.instansi_kode = c.instansi_kode
