-- Setiap penugasan pelaksana tugas (Plt): kapan berakhir, sebabnya, dan apakah melampaui batas.
-- Menyatakan: berakhir pada Plt berikutnya orang itu di jabatan yang sama, atau pada pejabat struktural definitif di unit itu,
--   mana yang lebih dahulu (pada hari yang sama Plt berikutnya yang dihitung); selain itu masih berjalan sampai D.
-- Tidak menyatakan: tanggal selesai kiriman, yang sering tidak diisi; penugasan yang tidak dikirim tidak terlihat.
-- Dasar: SE BKN 1/SE/I/2021 (tiga bulan, diperpanjang sekali; batas harinya belum dipastikan).
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- pos: Jabatan: unit organisasi, tanpa itu nama jabatan
-- rw_id: Baris riwayat jabatan
-- tmt_jabatan: Tanggal mulai jabatan
-- selesai: Tanggal berakhir, atau D bila masih berjalan
-- sebab: BERJALAN, DEFINITIF, atau PLT_BERIKUT
-- hari: Lama penugasan, hari
-- lama: Melampaui batas
-- rangkaian: Nomor rangkaian orang itu di jabatan itu, mulai 1
WITH plt AS (
    SELECT
        instansi_kode,
        nip,
        rw_id,
        unor_id,
        coalesce(unor_id, jabatan_nama) AS pos,
        tmt_jabatan,
        lead(tmt_jabatan) OVER (
            PARTITION BY instansi_kode, nip, coalesce(unor_id, jabatan_nama) ORDER BY tmt_jabatan, rw_id
        ) AS plt_berikut
    FROM riwayat_jabatan_kini
    WHERE jenis_penugasan = 'PLT'
),
pejabat_definitif AS (
    SELECT p.instansi_kode, p.nip, p.rw_id, min(d.tmt_jabatan) AS mulai
    FROM plt AS p
    INNER JOIN jabatan_definitif AS d ON d.instansi_kode = p.instansi_kode AND d.unor_id = p.unor_id
    WHERE d.peringkat >= parameter('jenjang.struktural_min') AND d.tmt_jabatan > p.tmt_jabatan
    GROUP BY p.instansi_kode, p.nip, p.rw_id
),
berakhir AS (
    SELECT
        p.instansi_kode, p.nip, p.pos, p.rw_id, p.tmt_jabatan,
        coalesce(least(p.plt_berikut, d.mulai), tanggal_acuan()) AS selesai,
        CASE
            WHEN p.plt_berikut <= coalesce(d.mulai, p.plt_berikut) THEN 'PLT_BERIKUT'
            WHEN d.mulai IS NOT NULL THEN 'DEFINITIF'
            ELSE 'BERJALAN'
        END AS sebab
    FROM plt AS p
    LEFT JOIN pejabat_definitif AS d ON d.instansi_kode = p.instansi_kode AND d.nip = p.nip AND d.rw_id = p.rw_id
),
sambungan AS (
    SELECT *, lag(selesai) OVER (PARTITION BY instansi_kode, nip, pos ORDER BY tmt_jabatan, rw_id) AS selesai_sebelum
    FROM berakhir
)
SELECT
    instansi_kode,
    nip,
    pos,
    rw_id,
    tmt_jabatan,
    selesai,
    sebab,
    selesai - tmt_jabatan AS hari,
    selesai - tmt_jabatan > parameter('m11.hari_maks') AS lama,
    count(*) FILTER (WHERE selesai_sebelum IS NULL OR selesai_sebelum <> tmt_jabatan) OVER (
        PARTITION BY instansi_kode, nip, pos ORDER BY tmt_jabatan, rw_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS rangkaian
FROM sambungan
ORDER BY instansi_kode, nip, pos, rw_id
