-- Rasio laju promosi perempuan terhadap laki-laki setahun terakhir, per instansi dan SEMUA.
-- Menyatakan: laju = yang dipromosikan di antara pegawai yang masih aktif dan jenjangnya tercatat pada awal jendela; z = uji Mantel-Haenszel berlapis
--   instansi dan jenjang awal. Ditelaah hanya bila rasionya di bawah batas dan ujinya bermakna, keduanya.
-- Tidak menyatakan: diskriminasi; dengan sedikit promosi rasio tidak dapat dinilai. Jenis kelamin tidak pernah menjadi masukan skor siapa pun.
-- Dasar: kaidah empat perlima (1978) sebagai penyaring; UU 20/2023; metode M06 dan bagian 8.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_perempuan: Perempuan yang masih aktif, menurut jenjangnya pada awal jendela
-- naik_perempuan: Perempuan yang dipromosikan
-- n_laki: Laki-laki yang masih aktif, menurut jenjangnya pada awal jendela
-- naik_laki: Laki-laki yang dipromosikan
-- rasio: Laju perempuan dibagi laju laki-laki
-- z: Uji Mantel-Haenszel berlapis
-- ditelaah: Rasio rendah dan bermakna
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
SELECT
    instansi_kode,
    n_perempuan,
    CASE WHEN cukup THEN naik_perempuan END AS naik_perempuan,
    n_laki,
    CASE WHEN cukup THEN naik_laki END AS naik_laki,
    CASE WHEN cukup THEN rasio END AS rasio,
    CASE WHEN cukup THEN z END AS z,
    CASE WHEN cukup THEN coalesce(rasio < parameter('m06.rasio_min') AND z >= parameter('m06.z_min'), false) END AS ditelaah,
    CASE WHEN cukup THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status
FROM laju_promosi
ORDER BY instansi_kode
