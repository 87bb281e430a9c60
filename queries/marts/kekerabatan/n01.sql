-- Kerabat dalam rantai komando: pegawai aktif yang atasannya, atau atasan dari atasannya, adalah kerabatnya.
-- Menyatakan: indikasi untuk ditelaah; tingkat 1 = atasan langsung, 2 = satu tingkat di atasnya.
-- Tidak menyatakan: pelanggaran. Yang diminta adalah pernyataan konflik kepentingan dan penilai lain.
-- Dasar: PermenPANRB 17/2024 (hubungan keluarga sebagai sumber konflik kepentingan).
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- nip_atasan: NIP atasan yang adalah kerabatnya
-- tingkat: 1 atasan langsung, 2 satu tingkat di atasnya
-- dasar: Dasar tautan: K1, K2, K3, atau K4
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
WITH rantai AS (
    SELECT instansi_kode, nip, atasan_1 AS nip_atasan, 1 AS tingkat FROM atasan WHERE atasan_1 IS NOT NULL
    UNION ALL
    SELECT instansi_kode, nip, atasan_2 AS nip_atasan, 2 AS tingkat FROM atasan WHERE atasan_2 IS NOT NULL
)
SELECT
    r.instansi_kode,
    r.nip,
    r.nip_atasan,
    r.tingkat,
    k.dasar,
    k.derajat,
    k.p
FROM rantai AS r
INNER JOIN kerabat AS k ON k.nip = r.nip AND k.nip_kerabat = r.nip_atasan
WHERE k.berlaku
ORDER BY r.instansi_kode, r.nip, r.nip_atasan
