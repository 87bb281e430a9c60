-- Pelatihan kepemimpinan tertinggi yang sudah diselesaikan setiap orang sampai D.
-- Menyatakan: tingkat tertinggi dari pelatihan struktural (PKP, PKA, PKN II, PKN I, dan padanannya).
-- Tidak menyatakan: kesetaraan pelatihan lain; pelatihan struktural di luar daftar tidak dihitung.
-- Dasar: Peraturan LAN 2/2019 dan 15/2019; daftar tingkat pada tabel aturan latihan_struktural.
SELECT
    instansi_kode,
    nip,
    max(tingkat_kepemimpinan) AS tingkat
FROM pelatihan_kini
WHERE tingkat_kepemimpinan IS NOT NULL
GROUP BY instansi_kode, nip
