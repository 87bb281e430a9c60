-- tingkat: PERINGATAN
-- NIP yang aktif di lebih dari satu instansi: orangnya dihitung di setiap instansi itu.
-- Dasar: satu pegawai satu instansi; biasanya pindah instansi yang belum dihapus instansi lamanya.
SELECT nip, count(DISTINCT instansi_kode) AS n_instansi, min(instansi_kode) AS instansi_kode, max(instansi_kode) AS instansi_lain
FROM pegawai_kini
WHERE aktif
GROUP BY nip
HAVING count(DISTINCT instansi_kode) > 1
ORDER BY nip
