-- Nama ayah dan ibu yang dinyatakan setiap pegawai: satu baris per (NIP, hubungan, nama yang dinormalkan).
-- Menyatakan: pernyataan orang yang ada pada data pegawai; satu orang dapat menyatakan lebih dari satu nama.
-- Tidak menyatakan: benar tidaknya pernyataan itu.
-- Dasar: kekerabatan K4.
SELECT DISTINCT k.nip, k.hubungan, k.nama
FROM keluarga_kini AS k
INNER JOIN orang AS o ON o.nip = k.nip
WHERE k.hubungan IN ('AYAH', 'IBU') AND k.nama IS NOT NULL
