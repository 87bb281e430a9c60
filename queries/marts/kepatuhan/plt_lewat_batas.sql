-- Jabatan yang masih diisi Plt melampaui batas: daftar kerja untuk menyiapkan pengisian definitif.
-- Menyatakan: satu baris per rangkaian Plt yang berjalan dan melampaui batas, dengan unit, jabatan, dan lamanya.
-- Tidak menyatakan: kesalahan pejabatnya; penugasan diputuskan orang lain.
-- Dasar: SE BKN 1/SE/I/2021; M11.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- pos: Jabatan: unit organisasi, tanpa itu nama jabatan
-- unor_id: Unit organisasi
-- unit: Nama unit
-- jabatan: Nama jabatan yang diisi
-- nip: NIP pelaksana tugas
-- mulai: Mulai rangkaian
-- hari: Lama sampai D, hari
-- hari_lewat: Hari melampaui batas
-- rangkaian: Nomor rangkaian orang itu di jabatan itu
WITH jabatan_plt AS (
    SELECT instansi_kode, nip, coalesce(unor_id, jabatan_nama) AS pos, unor_id, jabatan_nama AS jabatan
    FROM riwayat_jabatan_kini
    WHERE jenis_penugasan = 'PLT'
    QUALIFY row_number() OVER (
        PARTITION BY instansi_kode, nip, coalesce(unor_id, jabatan_nama) ORDER BY tmt_jabatan DESC, rw_id DESC
    ) = 1
)
SELECT
    m.instansi_kode,
    m.pos,
    j.unor_id,
    u.nama AS unit,
    j.jabatan,
    m.nip,
    m.mulai,
    m.hari,
    m.hari - CAST(parameter('m11.hari_maks') AS BIGINT) AS hari_lewat,
    m.rangkaian
FROM m11_rangkaian AS m
INNER JOIN jabatan_plt AS j ON j.instansi_kode = m.instansi_kode AND j.nip = m.nip AND j.pos = m.pos
LEFT JOIN unor_kini AS u ON u.instansi_kode = j.instansi_kode AND u.unor_id = j.unor_id
WHERE m.sebab = 'BERJALAN' AND m.lama
ORDER BY m.instansi_kode, m.pos, m.nip, m.rangkaian
