-- Tautan kekerabatan yang dinyatakan dengan NIP: satu baris per pasangan (nip_a lebih kecil daripada nip_b).
-- Menyatakan: K1 bila kedua pihak saling menyatakan, K2 bila satu pihak; derajat terkecil yang dinyatakan.
-- Tidak menyatakan: bahwa kedua orang itu ada pada data pegawai; itu tidak disyaratkan. Tautan kepada diri sendiri dibuang.
-- Dasar: tangga bukti kekerabatan K1 dan K2.
WITH pernyataan AS (
    SELECT least(nip, nip_kerabat) AS nip_a, greatest(nip, nip_kerabat) AS nip_b, nip AS penyata, derajat
    FROM keluarga_kini
    WHERE nip_kerabat IS NOT NULL AND nip_kerabat <> nip
)
SELECT
    nip_a,
    nip_b,
    CASE WHEN min(penyata) < max(penyata) THEN 'K1' ELSE 'K2' END AS dasar,
    min(derajat) AS derajat,
    CASE WHEN min(penyata) < max(penyata) THEN parameter('kerabat.p_k1') ELSE parameter('kerabat.p_k2') END AS p
FROM pernyataan
GROUP BY nip_a, nip_b
