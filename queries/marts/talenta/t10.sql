-- Kesiapan suksesi per instansi dan jenjang struktural.
-- Menyatakan: pejabat yang mencapai batas usia pensiun sampai akhir jendela dekat dan jauh (yang jauh memuat yang dekat, keduanya memuat yang sudah lewat), calon siap (kelompok rencana suksesi pada jenjang di bawahnya),
--   dan berisiko bila ada yang segera pensiun sedangkan calon siapnya kurang dari batas.
-- Tidak menyatakan: siapa yang akan menggantikan siapa; perpanjangan atau pensiun dini tidak ada dalam data.
-- Dasar: metode T10; UU 20/2023 pasal 55 (batas usia pensiun).
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- jenjang: Jenjang jabatan
-- n_pejabat: Pejabat aktif
-- n_pensiun_dekat: Pensiun sampai akhir jendela dekat
-- n_pensiun_jauh: Pensiun sampai akhir jendela jauh
-- n_calon_siap: Calon siap pada jenjang di bawahnya
-- berisiko: Ada yang segera pensiun dan calon siap kurang
WITH pejabat AS (
    SELECT
        p.instansi_kode,
        p.jenjang,
        tambah_bulan(p.tanggal_lahir, 12 * b.usia) AS pensiun
    FROM pegawai_kini AS p
    INNER JOIN batas_usia_pensiun AS b ON b.jenjang = p.jenjang
    WHERE p.aktif
),
calon AS (
    SELECT t.instansi_kode, b.jenjang, count(*) AS n
    FROM talenta AS t
    INNER JOIN pegawai_kini AS p ON p.instansi_kode = t.instansi_kode AND p.nip = t.nip
    INNER JOIN batas_usia_pensiun AS b ON b.jenjang_calon = p.jenjang
    WHERE t.talent_pool
    GROUP BY t.instansi_kode, b.jenjang
),
hitungan AS (
    SELECT
        instansi_kode,
        jenjang,
        count(*) AS n_pejabat,
        count(*) FILTER (WHERE pensiun <= tambah_bulan(tanggal_acuan(), parameter('t10.jendela_dekat_bulan'))) AS n_pensiun_dekat,
        count(*) FILTER (WHERE pensiun <= tambah_bulan(tanggal_acuan(), parameter('t10.jendela_jauh_bulan'))) AS n_pensiun_jauh
    FROM pejabat
    GROUP BY instansi_kode, jenjang
)
SELECT
    h.instansi_kode,
    h.jenjang,
    h.n_pejabat,
    h.n_pensiun_dekat,
    h.n_pensiun_jauh,
    coalesce(c.n, 0) AS n_calon_siap,
    h.n_pensiun_dekat > 0 AND coalesce(c.n, 0) < parameter('t10.calon_siap_min') AS berisiko
FROM hitungan AS h
LEFT JOIN calon AS c ON c.instansi_kode = h.instansi_kode AND c.jenjang = h.jenjang
ORDER BY h.instansi_kode, h.jenjang
