-- Pasangan nama ayah dan ibu yang dinyatakan oleh beberapa pegawai: satu baris per (NIP, ayah, ibu).
-- Menyatakan: hanya pasangan yang dapat menautkan; yang dinyatakan lebih banyak orang daripada batas adalah isian pengganti, bukan orang.
-- Tidak menyatakan: bahwa penyatanya bersaudara; itu ditimbang pada kerabat_orang_tua.
-- Dasar: kekerabatan K4.
WITH pernyataan AS (
    SELECT a.nip, a.nama AS ayah, i.nama AS ibu
    FROM nama_orang_tua AS a
    INNER JOIN nama_orang_tua AS i ON i.nip = a.nip AND i.hubungan = 'IBU'
    WHERE a.hubungan = 'AYAH'
),
pasangan AS (
    SELECT ayah, ibu
    FROM pernyataan
    GROUP BY ayah, ibu
    HAVING count(*) > 1 AND count(*) <= parameter('kerabat.pasangan_orang_tua_maks')
)
SELECT y.nip, y.ayah, y.ibu
FROM pernyataan AS y
INNER JOIN pasangan AS p ON p.ayah = y.ayah AND p.ibu = y.ibu
