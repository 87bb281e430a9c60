-- Apakah N13 suatu instansi, atau SEMUA, dapat dinilai.
-- Menyatakan: DAPAT_DINILAI hanya bila seleksinya cukup banyak; dengan sedikit seleksi uji ini hampir tidak pernah menemukan apa pun.
-- Tidak menyatakan: bahwa yang belum dapat dinilai itu bersih, atau sebaliknya.
-- Dasar: daya uji pada metode N13; banyaknya seleksi terkecil dari parameter penyajian.n13_min.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_seleksi: Seleksi yang dihitung
-- pemenang_terhubung: Dimenangi finalis terhubung
-- harapan: Yang diharapkan bila peluang finalis setara
-- p_ekor: Peluang sebanyak itu atau lebih
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: SELEKSI_SEDIKIT
SELECT
    instansi_kode,
    n_seleksi,
    CASE WHEN n_seleksi >= parameter('penyajian.n13_min') THEN pemenang_terhubung END AS pemenang_terhubung,
    CASE WHEN n_seleksi >= parameter('penyajian.n13_min') THEN harapan END AS harapan,
    CASE WHEN n_seleksi >= parameter('penyajian.n13_min') THEN p_ekor END AS p_ekor,
    CASE WHEN n_seleksi >= parameter('penyajian.n13_min') THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    CASE WHEN n_seleksi < parameter('penyajian.n13_min') THEN 'SELEKSI_SEDIKIT' END AS alasan
FROM n13
ORDER BY instansi_kode
