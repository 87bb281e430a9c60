-- Dinilai oleh kerabat: penilai pada penilaian tahunan yang dipakai adalah kerabat orang yang dinilai.
-- Menyatakan: indikasi untuk ditelaah, untuk tahun acuan dan tahun sebelumnya.
-- Tidak menyatakan: bahwa penilaiannya tidak wajar.
-- Dasar: UU 30/2014 pasal 42; PermenPANRB 17/2024.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- tahun: Tahun penilaian
-- nip_penilai: NIP penilai yang adalah kerabatnya
-- predikat: Predikat yang diberikan, 1 terbaik
-- dasar: Dasar tautan: K1, K2, K3, atau K4
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
SELECT
    n.instansi_kode,
    n.nip,
    n.tahun,
    n.penilai_nip AS nip_penilai,
    n.predikat,
    k.dasar,
    k.derajat,
    k.p
FROM penilaian_tahunan AS n
CROSS JOIN jendela AS w
INNER JOIN kerabat AS k ON k.nip = n.nip AND k.nip_kerabat = n.penilai_nip
WHERE n.tahun >= w.tahun_penilaian_awal AND k.berlaku
ORDER BY n.instansi_kode, n.nip, n.tahun
