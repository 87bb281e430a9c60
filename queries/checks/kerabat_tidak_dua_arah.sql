-- tingkat: GAGAL
-- Setiap tautan kekerabatan harus ada pada kedua arah dengan isi yang sama, dan tidak pernah kepada diri sendiri.
-- Dasar: kerabat (kedua arah).
SELECT k.nip, k.nip_kerabat, k.dasar, b.dasar AS dasar_balik
FROM kerabat AS k
LEFT JOIN kerabat AS b ON b.nip = k.nip_kerabat AND b.nip_kerabat = k.nip
WHERE k.nip = k.nip_kerabat
    OR b.nip IS NULL
    OR b.dasar <> k.dasar
    OR (b.derajat IS DISTINCT FROM k.derajat)
    OR b.p <> k.p
ORDER BY k.nip, k.nip_kerabat
