-- tingkat: PERINGATAN
-- NIP yang aktif di lebih dari satu instansi: orangnya dihitung di setiap instansi itu.
-- Dasar: satu pegawai satu instansi; biasanya pindah instansi yang belum dihapus instansi lamanya.
WITH tempat AS (
    SELECT DISTINCT nip, instansi_kode
    FROM pegawai_kini
    WHERE aktif
)
SELECT nip, count(*) AS n_instansi, min(instansi_kode) AS instansi_kode, max(instansi_kode) AS instansi_lain
FROM tempat
GROUP BY nip
HAVING count(*) > 1
ORDER BY nip
