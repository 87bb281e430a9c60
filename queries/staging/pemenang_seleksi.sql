-- Pemenang setiap seleksi yang sudah selesai: satu baris per seleksi yang ada terpilihnya.
-- Menyatakan: bila beberapa peserta ditandai terpilih, yang peringkatnya terbaik.
-- Tidak menyatakan: alasan pemilihan.
-- Dasar: M07; PermenPANRB 15/2019.
SELECT
    k.instansi_kode,
    k.seleksi_id,
    k.nip,
    k.peringkat
FROM seleksi_kandidat_kini AS k
INNER JOIN seleksi_kini AS s ON s.instansi_kode = k.instansi_kode AND s.seleksi_id = k.seleksi_id
WHERE s.selesai AND k.terpilih
QUALIFY row_number() OVER (PARTITION BY k.instansi_kode, k.seleksi_id ORDER BY k.peringkat NULLS LAST, k.nip) = 1
