-- Bagian yang boleh diterbitkan kepada publik, per instansi dan SEMUA: hanya indikator yang boleh terbit, dengan batas sel publik.
-- Menyatakan: DAPAT_DINILAI bila penyebutnya cukup dan tidak ada sel kecil menurut batas publik. Yang ditahan di dalam pemerintahan selalu ditahan di sini.
-- Tidak menyatakan: peringkat antar-instansi; selang yang bertumpuk berarti bedanya tidak dapat dipastikan.
-- Dasar: metode bagian 4 (H3) dan 8; indikator yang boleh terbit dan penyebut terkecil dari tabel aturan penyajian.
-- Visibilitas: H3
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- indikator: Indikator (tabel aturan penyajian)
-- kelompok: Rincian indikator itu
-- n: Penyebut; kosong bila orangnya terlalu sedikit untuk disebut
-- bagian: Bagian, 0 sampai 1
-- bawah: Batas bawah selang Wilson
-- atas: Batas atas selang Wilson
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL, SEL_KECIL, atau PELENGKAP
SELECT
    instansi_kode,
    indikator,
    kelompok,
    CASE WHEN NOT n_ditahan_publik THEN n END AS n,
    CASE WHEN alasan_publik IS NULL THEN CAST(k AS DOUBLE) / n END AS bagian,
    CASE WHEN alasan_publik IS NULL THEN wilson_bawah(k, n, parameter('penyajian.wilson_z')) END AS bawah,
    CASE WHEN alasan_publik IS NULL THEN wilson_atas(k, n, parameter('penyajian.wilson_z')) END AS atas,
    CASE WHEN alasan_publik IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan_publik AS alasan
FROM bagian_dinilai
WHERE publik
ORDER BY instansi_kode, indikator, kelompok
