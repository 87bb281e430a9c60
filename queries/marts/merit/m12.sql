-- Penurunan jenjang pejabat struktural, dan apakah ada dasarnya dalam data.
-- Menyatakan: ada_hukuman = hukuman sedang atau berat dalam jendela sebelum tmt; ada_kinerja_rendah = penilaian rendah pada tahun-tahun
--   sebelum tmt menurut aturan; tanpa_dasar = tidak satu pun. Perpindahan ke jabatan fungsional tidak dimuat: penyederhanaan birokrasi memindahkannya dengan sah.
-- Tidak menyatakan: bahwa penurunan itu sewenang-wenang; permintaan sendiri dan penataan organisasi tidak ada dalam data.
-- Dasar: PP 11/2017 pasal 144 menurut pembacaan KASN.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- rw_id: Baris riwayat jabatan
-- tmt_jabatan: Tanggal mulai jabatan
-- dari: Jenjang sebelumnya
-- ke: Jenjang tujuan
-- ada_hukuman: Ada hukuman sedang atau berat sebelumnya
-- ada_kinerja_rendah: Ada penilaian rendah sebelumnya
-- tanpa_dasar: Tidak satu pun dari keduanya
-- dalam_jendela: Terjadi dalam setahun terakhir
WITH penurunan AS (
    SELECT
        d.instansi_kode, d.nip, d.rw_id, d.tmt_jabatan, d.jenjang_sebelum AS dari, d.jenjang AS ke,
        CAST(extract(YEAR FROM d.tmt_jabatan) AS BIGINT) AS tahun
    FROM jabatan_definitif AS d
    INNER JOIN jenjang AS j ON j.jenjang = d.jenjang
    WHERE d.peringkat < d.peringkat_sebelum
        AND d.peringkat_sebelum >= parameter('jenjang.struktural_min')
        AND j.dihitung_penurunan = 1
),
hukuman_sebelum AS (
    SELECT DISTINCT p.instansi_kode, p.nip, p.rw_id
    FROM penurunan AS p
    INNER JOIN hukuman_disiplin_kini AS h ON h.instansi_kode = p.instansi_kode AND h.nip = p.nip
    INNER JOIN hukuman_tingkat AS t ON t.tingkat = h.tingkat
    WHERE t.dasar_penurunan = 1
        AND h.mulai <= p.tmt_jabatan
        AND h.mulai > tambah_bulan(p.tmt_jabatan, -parameter('m12.hukuman_bulan'))
),
kinerja_rendah_sebelum AS (
    SELECT DISTINCT p.instansi_kode, p.nip, p.rw_id
    FROM penurunan AS p
    INNER JOIN penilaian_tahunan AS n ON n.instansi_kode = p.instansi_kode AND n.nip = p.nip
    WHERE n.predikat >= parameter('m12.predikat_rendah_min')
        AND n.tahun < p.tahun AND n.tahun >= p.tahun - parameter('m12.kinerja_tahun')
)
SELECT
    p.instansi_kode,
    p.nip,
    p.rw_id,
    p.tmt_jabatan,
    p.dari,
    p.ke,
    h.nip IS NOT NULL AS ada_hukuman,
    n.nip IS NOT NULL AS ada_kinerja_rendah,
    h.nip IS NULL AND n.nip IS NULL AS tanpa_dasar,
    p.tmt_jabatan > w.setahun_sesudah AS dalam_jendela
FROM penurunan AS p
CROSS JOIN jendela AS w
LEFT JOIN hukuman_sebelum AS h ON h.instansi_kode = p.instansi_kode AND h.nip = p.nip AND h.rw_id = p.rw_id
LEFT JOIN kinerja_rendah_sebelum AS n ON n.instansi_kode = p.instansi_kode AND n.nip = p.nip AND n.rw_id = p.rw_id
ORDER BY p.instansi_kode, p.nip, p.rw_id
