-- Tautan kekerabatan terbaik setiap pasangan, dua arah: satu baris per (nip, nip_kerabat).
-- Menyatakan: dari beberapa tautan satu pasangan, yang dasarnya terbaik (K1, K2, K3, lalu K4), lalu yang derajatnya terkecil;
--   berlaku bila peluangnya mencapai batas.
-- Tidak menyatakan: kerabat lewat perantara; hanya tautan langsung.
-- Dasar: tangga bukti kekerabatan.
WITH tautan AS (
    SELECT nip_a, nip_b, dasar, derajat, p FROM kerabat_nip
    UNION ALL
    SELECT nip_a, nip_b, dasar, derajat, p FROM kerabat_lahir
    UNION ALL
    SELECT nip_a, nip_b, dasar, derajat, p FROM kerabat_orang_tua
),
terbaik AS (
    SELECT nip_a, nip_b, dasar, derajat, p
    FROM tautan
    QUALIFY row_number() OVER (PARTITION BY nip_a, nip_b ORDER BY dasar, derajat) = 1
),
dua_arah AS (
    SELECT nip_a AS nip, nip_b AS nip_kerabat, dasar, derajat, p FROM terbaik
    UNION ALL
    SELECT nip_b AS nip, nip_a AS nip_kerabat, dasar, derajat, p FROM terbaik
)
SELECT
    nip,
    nip_kerabat,
    dasar,
    derajat,
    p,
    p >= parameter('kerabat.p_min') AS berlaku
FROM dua_arah
