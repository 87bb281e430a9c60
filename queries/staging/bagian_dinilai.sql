-- Setiap bagian per instansi dan SEMUA, dengan alasan mengapa angkanya tidak ditampilkan: di dalam pemerintahan, dan kepada publik.
-- Menyatakan: alasan kosong bila boleh ditampilkan. PENYEBUT_KECIL, lalu SEL_KECIL, lalu PELENGKAP (agar sel kecil yang lain tidak terhitung balik).
--   Yang ditahan di dalam pemerintahan ditahan pula kepada publik; pelengkapnya dihitung sekali lagi dengan batas publik.
-- Tidak menyatakan: angka yang boleh dibaca orang; n dan k di sini yang sebenarnya.
-- Dasar: metode bagian 4 dan 8; penyebut terkecil dari tabel aturan penyajian.
WITH dalam_pemerintahan AS (
    SELECT
        b.indikator, b.kelompok, b.instansi_kode, b.publik, b.n, b.k, b.penyebut_kecil, b.penyebut_kecil_publik, b.sel_terkecil,
        b.n_ditahan OR coalesce(t.n_ditahan, false) AS n_ditahan,
        b.n_ditahan_publik OR coalesce(t.n_ditahan, false) AS n_ditahan_publik,
        coalesce(t.ditahan, false) AS k_ditahan
    FROM baris_bagian AS b
    LEFT JOIN bagian_ditahan AS t ON t.indikator = b.indikator AND t.kelompok = b.kelompok AND t.instansi_kode = b.instansi_kode
),
kepada_publik AS (
    SELECT
        r.indikator, r.kelompok, r.instansi_kode,
        sel_ditahan(
            r.dari, r.ke, r.k, CASE WHEN d.n_ditahan_publik THEN NULL ELSE r.n - r.k END,
            CASE
                WHEN d.k_ditahan OR d.penyebut_kecil_publik OR d.n_ditahan_publik
                    OR (r.k > 0 AND r.k < parameter('penyajian.sel_min_publik'))
                    OR (r.n - r.k > 0 AND r.n - r.k < parameter('penyajian.sel_min_publik')) THEN 'TERTUTUP'
                ELSE 'TERBUKA'
            END,
            r.biaya, CAST(parameter('penyajian.sel_min_publik') AS BIGINT)
        ) OVER (PARTITION BY r.keluarga ORDER BY r.kelompok, r.instansi_kode) AS ditahan
    FROM ruas_bagian AS r
    LEFT JOIN dalam_pemerintahan AS d ON d.indikator = r.indikator AND d.kelompok = r.kelompok AND d.instansi_kode = r.instansi_kode
)
SELECT
    d.indikator,
    d.kelompok,
    d.instansi_kode,
    d.publik,
    d.n,
    d.k,
    d.n_ditahan,
    CASE
        WHEN d.penyebut_kecil THEN 'PENYEBUT_KECIL'
        WHEN d.sel_terkecil < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
        WHEN d.k_ditahan OR d.n_ditahan THEN 'PELENGKAP'
    END AS alasan,
    d.n_ditahan_publik,
    CASE
        WHEN d.penyebut_kecil_publik THEN 'PENYEBUT_KECIL'
        WHEN d.sel_terkecil < parameter('penyajian.sel_min_publik') THEN 'SEL_KECIL'
        WHEN p.ditahan OR d.n_ditahan_publik THEN 'PELENGKAP'
    END AS alasan_publik
FROM dalam_pemerintahan AS d
LEFT JOIN kepada_publik AS p ON p.indikator = d.indikator AND p.kelompok = d.kelompok AND p.instansi_kode = d.instansi_kode
