-- Masa jabatan pimpinan tinggi yang sudah berakhir karena jabatan definitif lain dimulai.
-- Menyatakan: lama setiap masa jabatan JPT dalam hari; kurang = lebih singkat dari batas.
-- Tidak menyatakan: pelanggaran; SE MenPANRB 19/2023 membolehkan masa yang lebih singkat dengan alasan tertulis.
-- Dasar: UU 5/2014 pasal 116 (keberlakuannya sesudah UU 20/2023 belum dipastikan).
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- rw_id: Baris riwayat jabatan
-- tmt_jabatan: Tanggal mulai jabatan
-- tmt_selesai: Tanggal jabatan definitif berikutnya dimulai
-- hari: Lama masa jabatan, hari
-- kurang: Lebih singkat dari batas
-- dalam_jendela: Terjadi dalam setahun terakhir
SELECT
    d.instansi_kode,
    d.nip,
    d.rw_id,
    d.tmt_jabatan,
    d.tmt_berikut AS tmt_selesai,
    d.tmt_berikut - d.tmt_jabatan AS hari,
    d.tmt_berikut - d.tmt_jabatan < parameter('m04.hari_min') AS kurang,
    d.tmt_berikut > w.setahun_sesudah AS dalam_jendela
FROM jabatan_definitif AS d
CROSS JOIN jendela AS w
WHERE d.peringkat >= parameter('jenjang.jpt_min') AND d.tmt_berikut IS NOT NULL
ORDER BY d.instansi_kode, d.nip, d.rw_id
