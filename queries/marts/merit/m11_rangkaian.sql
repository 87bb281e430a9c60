-- Rangkaian Plt: penugasan yang bersambung dari orang yang sama di jabatan yang sama, dijumlahkan.
-- Menyatakan: mulai dari baris pertama, selesai dan sebab dari baris terakhir; lama = seluruh rangkaian melampaui batas.
-- Tidak menyatakan: pergantian di antara dua orang yang berbeda.
-- Dasar: SE BKN 1/SE/I/2021; perpanjangan berulang dihitung sebagai satu penugasan.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- pos: Jabatan: unit organisasi, tanpa itu nama jabatan
-- rangkaian: Nomor rangkaian orang itu di jabatan itu, mulai 1
-- mulai: Mulai baris pertama
-- selesai: Selesai baris terakhir
-- sebab: Sebab baris terakhir berakhir
-- n_baris: Penugasan dalam rangkaian
-- hari: Jumlah hari
-- lama: Melampaui batas
WITH berurut AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY instansi_kode, nip, pos, rangkaian ORDER BY tmt_jabatan DESC, rw_id DESC) AS dari_akhir
    FROM m11
)
SELECT
    instansi_kode,
    nip,
    pos,
    rangkaian,
    min(tmt_jabatan) AS mulai,
    max(selesai) FILTER (WHERE dari_akhir = 1) AS selesai,
    max(sebab) FILTER (WHERE dari_akhir = 1) AS sebab,
    count(*) AS n_baris,
    sum(hari) AS hari,
    sum(hari) > parameter('m11.hari_maks') AS lama
FROM berurut
GROUP BY instansi_kode, nip, pos, rangkaian
ORDER BY instansi_kode, nip, pos, rangkaian
