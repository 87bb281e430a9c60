-- Kerabat dalam panitia seleksi: peserta dan anggota panitia seleksi yang sama adalah kerabat.
-- Menyatakan: indikasi untuk ditelaah, pada semua seleksi yang sudah diumumkan, apa pun statusnya.
-- Tidak menyatakan: bahwa anggota itu ikut menilai; pengunduran diri tidak ada dalam data.
-- Dasar: syarat panitia seleksi tanpa potensi konflik kepentingan (KASN 2021); PermenPANRB 17/2024.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- seleksi_id: Kode seleksi
-- nip: NIP peserta
-- panelis_id: Anggota panitia
-- nip_panelis: NIP anggota panitia
-- status: Keadaan seleksi
-- dasar: Dasar tautan: K1, K2, K3, atau K4
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
SELECT
    s.instansi_kode,
    s.seleksi_id,
    c.nip,
    a.panelis_id,
    a.nip AS nip_panelis,
    s.status,
    k.dasar,
    k.derajat,
    k.p
FROM seleksi_kini AS s
INNER JOIN seleksi_kandidat_kini AS c ON c.instansi_kode = s.instansi_kode AND c.seleksi_id = s.seleksi_id
INNER JOIN seleksi_panel_kini AS a ON a.instansi_kode = s.instansi_kode AND a.seleksi_id = s.seleksi_id
INNER JOIN kerabat AS k ON k.nip = c.nip AND k.nip_kerabat = a.nip
WHERE k.berlaku
ORDER BY s.instansi_kode, s.seleksi_id, c.nip, a.panelis_id
