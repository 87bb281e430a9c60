-- tingkat: PERINGATAN
-- Pegawai aktif yang tingkat pendidikannya kosong atau tidak ada pada daftar: kualifikasi IP ASN-nya 0 dan tidak ikut skor potensi.
-- Dasar: IP ASN (kualifikasi); KOD-02.
SELECT p.instansi_kode, p.nip, p.tk_pendidikan_id
FROM pegawai_kini AS p
LEFT JOIN pendidikan AS e ON e.tk_pendidikan_id = p.tk_pendidikan_id
WHERE p.aktif AND e.tk_pendidikan_id IS NULL
ORDER BY p.instansi_kode, p.nip
