-- Kedalaman persaingan dan susunan panitia setiap seleksi terbuka yang sudah selesai.
-- Menyatakan: peserta yang lulus administrasi, lama pendaftaran, banyaknya anggota panitia dan bagian dari dalam instansi.
--   panitia_sesuai = berjumlah ganjil, dalam batas, dan bagian dari dalam tidak melebihi batas.
-- Tidak menyatakan: mutu penilaian; pada profesi yang langka peserta memang sedikit.
-- Dasar: syarat panitia seleksi (KASN 2021); PermenPANRB 15/2019; metode M09.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- seleksi_id: Kode seleksi
-- n_peserta: Peserta
-- n_lulus: Lulus administrasi
-- kurang_peserta: Yang lulus kurang dari batas
-- hari_buka: Lama pendaftaran, hari
-- n_panelis: Anggota panitia
-- bagian_internal: Bagian anggota dari dalam instansi
-- panitia_sesuai: Susunan panitia sesuai syarat
WITH peserta AS (
    SELECT instansi_kode, seleksi_id, count(*) AS n_peserta, count(*) FILTER (WHERE lulus_administrasi) AS n_lulus
    FROM seleksi_kandidat_kini
    GROUP BY instansi_kode, seleksi_id
),
panitia AS (
    SELECT instansi_kode, seleksi_id, count(*) AS n_panelis, count(*) FILTER (WHERE unsur = 'INTERNAL') AS n_internal
    FROM seleksi_panel_kini
    GROUP BY instansi_kode, seleksi_id
)
SELECT
    s.instansi_kode,
    s.seleksi_id,
    coalesce(p.n_peserta, 0) AS n_peserta,
    coalesce(p.n_lulus, 0) AS n_lulus,
    coalesce(p.n_lulus, 0) < parameter('m09.peserta_min') AS kurang_peserta,
    s.tgl_penutupan - s.tgl_pengumuman AS hari_buka,
    coalesce(a.n_panelis, 0) AS n_panelis,
    CAST(a.n_internal AS DOUBLE) / a.n_panelis AS bagian_internal,
    coalesce(
        a.n_panelis % 2 = 1
        AND a.n_panelis BETWEEN parameter('m09.panel_min') AND parameter('m09.panel_maks')
        AND CAST(a.n_internal AS DOUBLE) / a.n_panelis <= parameter('m09.internal_maks'),
        false
    ) AS panitia_sesuai
FROM seleksi_kini AS s
LEFT JOIN peserta AS p ON p.instansi_kode = s.instansi_kode AND p.seleksi_id = s.seleksi_id
LEFT JOIN panitia AS a ON a.instansi_kode = s.instansi_kode AND a.seleksi_id = s.seleksi_id
WHERE s.selesai
ORDER BY s.instansi_kode, s.seleksi_id
