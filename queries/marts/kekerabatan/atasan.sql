-- Rantai atasan setiap pegawai aktif: atasan langsung, dan atasan langsung dari atasan itu.
-- Menyatakan: keadaan pada D menurut pohon unit organisasi; kosong bila tidak ada yang dikenal.
-- Tidak menyatakan: siapa yang menilai kinerjanya.
-- Dasar: rantai atasan.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- atasan_1: Atasan langsung
-- atasan_2: Atasan dari atasan langsung
SELECT
    p.instansi_kode,
    p.nip,
    a.nip_atasan AS atasan_1,
    b.nip_atasan AS atasan_2
FROM pegawai_kini AS p
LEFT JOIN atasan_langsung AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip
LEFT JOIN atasan_langsung AS b ON b.instansi_kode = a.instansi_kode AND b.nip = a.nip_atasan
WHERE p.aktif
ORDER BY p.instansi_kode, p.nip
