-- Hubungan yang belum dideklarasikan: pasangan pada N01, N03, atau N04 yang tautannya tidak dinyatakan dengan NIP oleh pihak mana pun.
-- Menyatakan: tugas bagi orangnya, yaitu mohon dikonfirmasi atau dikoreksi data keluarganya.
-- Tidak menyatakan: penyembunyian; diam bukan kesalahan.
-- Dasar: PermenPANRB 17/2024; tautan K3 dan K4 saja.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- sumber: N01, N03, atau N04
-- nip: NIP pegawai
-- nip_kerabat: NIP pihak lain
-- dasar: Dasar tautan: K1, K2, K3, atau K4
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
WITH pasangan AS (
    SELECT instansi_kode, 'N01' AS sumber, nip, nip_atasan AS nip_kerabat, dasar, derajat, p FROM n01
    UNION
    SELECT instansi_kode, 'N03' AS sumber, nip, nip_panelis AS nip_kerabat, dasar, derajat, p FROM n03
    UNION
    SELECT instansi_kode, 'N04' AS sumber, nip, nip_penilai AS nip_kerabat, dasar, derajat, p FROM n04
)
SELECT
    instansi_kode,
    sumber,
    nip,
    nip_kerabat,
    dasar,
    derajat,
    p
FROM pasangan
WHERE dasar IN ('K3', 'K4')
ORDER BY instansi_kode, sumber, nip, nip_kerabat
