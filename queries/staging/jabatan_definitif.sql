-- Baris jabatan definitif setiap orang, berurutan menurut tmt lalu rw_id, berdampingan dengan baris sebelum dan sesudahnya.
-- Menyatakan: suatu masa jabatan berlangsung sampai tmt baris definitif berikutnya orang itu; urutan dihitung dari 1.
-- Tidak menyatakan: pelaksana tugas, pelaksana harian, dan penugasan lain.
-- Dasar: istilah umum indikator (definitive rows).
SELECT
    instansi_kode,
    nip,
    rw_id,
    unor_id,
    eselon,
    jenjang,
    peringkat,
    tmt_jabatan,
    lag(jenjang) OVER urut AS jenjang_sebelum,
    lag(peringkat) OVER urut AS peringkat_sebelum,
    lead(tmt_jabatan) OVER urut AS tmt_berikut,
    row_number() OVER urut AS urutan
FROM riwayat_jabatan_kini
WHERE jenis_penugasan = 'D'
WINDOW urut AS (PARTITION BY instansi_kode, nip ORDER BY tmt_jabatan, rw_id)
