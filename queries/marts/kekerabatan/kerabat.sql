-- Tautan kekerabatan antarpegawai, dua arah: satu baris per (nip, nip_kerabat).
-- Menyatakan: dasar terbaik (K1, K2, K3, lalu K4) dan derajat tautan itu, peluangnya, dan berlaku bila peluangnya mencapai batas.
-- Tidak menyatakan: risiko. Kekerabatan saja tidak pernah menjadi risiko; hanya tautan langsung, nama belakang tidak pernah dipakai.
-- Dasar: metode kekerabatan bagian 4; hanya penelaah perkara.
-- Visibilitas: H1
-- nip: NIP pegawai
-- nip_kerabat: NIP kerabatnya
-- dasar: Dasar tautan: K1, K2, K3, atau K4
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
-- berlaku: Peluangnya mencapai batas
SELECT
    nip,
    nip_kerabat,
    dasar,
    derajat,
    p,
    berlaku
FROM tautan_kerabat
ORDER BY nip, nip_kerabat
