-- Bagian seprovinsi yang aman disajikan: jumlah semua instansi, dengan penyebut, selang Wilson, dan keadaannya.
-- Menyatakan: DAPAT_DINILAI bila penyebutnya cukup dan tidak ada sel kecil. PELENGKAP: ditahan agar sel kecil suatu instansi tidak terhitung balik.
-- Tidak menyatakan: keadaan instansi mana pun; provinsi dapat baik sedangkan satu instansi tidak.
-- Dasar: Brown, Cai & DasGupta 2001 (selang Wilson); sel kecil dan penyebut terkecil dari tabel aturan.
-- Visibilitas: H2
-- indikator: Indikator (tabel aturan penyajian)
-- kelompok: Rincian indikator itu
-- n: Penyebut; kosong bila orangnya terlalu sedikit untuk disebut
-- bagian: Bagian, 0 sampai 1
-- bawah: Batas bawah selang Wilson
-- atas: Batas atas selang Wilson
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL, SEL_KECIL, atau PELENGKAP
SELECT
    indikator,
    kelompok,
    CASE WHEN NOT n_ditahan THEN n END AS n,
    CASE WHEN alasan IS NULL THEN CAST(k AS DOUBLE) / n END AS bagian,
    CASE WHEN alasan IS NULL THEN wilson_bawah(k, n, parameter('penyajian.wilson_z')) END AS bawah,
    CASE WHEN alasan IS NULL THEN wilson_atas(k, n, parameter('penyajian.wilson_z')) END AS atas,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM bagian_dinilai
WHERE instansi_kode = 'SEMUA'
ORDER BY indikator, kelompok
