-- Kebutuhan per kompetensi yang ditahan, bersama jumlahnya per instansi (penyebut T05).
-- Menyatakan: satu baris per kompetensi (atau JUMLAH) dan instansi atau SEMUA; jumlah kebutuhan = kebutuhan setiap kompetensi, dan instansi menjadi
--   jumlah provinsi. Jumlah suatu instansi ikut ditahan bila kompetensinya sedikit dan selnya tidak dapat ditutup dengan cara lain.
-- Tidak menyatakan: alasannya; itu pada bagian_dinilai.
-- Dasar: metode bagian 8; fungsi sel_ditahan.
WITH sel AS (
    SELECT
        kelompok, instansi_kode, n, k, turun, naik,
        CASE WHEN instansi_kode = 'SEMUA' THEN kelompok ELSE instansi_kode END AS dari,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AKHIR' ELSE kelompok END AS ke,
        penyebut_kecil OR n_ditahan OR coalesce(sel_terkecil < parameter('penyajian.sel_min'), false) AS kecil,
        n_ditahan AS n_tidak_disebut,
        CAST(n AS DOUBLE) AS biaya
    FROM baris_bagian
    WHERE indikator = 'KEBUTUHAN'
    UNION ALL
    SELECT
        'JUMLAH' AS kelompok, instansi_kode, n, n AS k, n AS turun, NULL AS naik,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AKHIR' ELSE 'AWAL' END AS dari,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AWAL' ELSE instansi_kode END AS ke,
        n_ditahan AS kecil,
        true AS n_tidak_disebut,
        parameter('penyajian.biaya_jumlah') * n AS biaya
    FROM baris_bagian
    WHERE indikator = 'T05'
)
SELECT
    kelompok,
    instansi_kode,
    sel_ditahan(
        dari, ke, CASE WHEN kecil THEN k ELSE turun END,
        CASE WHEN n_tidak_disebut THEN NULL WHEN kecil THEN n - k ELSE naik END,
        CASE WHEN kecil THEN 'TERTUTUP' ELSE 'TERBUKA' END,
        CAST(biaya * CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') ELSE 1 END AS BIGINT),
        CAST(parameter('penyajian.sel_min') AS BIGINT)
    ) OVER (ORDER BY kelompok, instansi_kode) AS ditahan
FROM sel
