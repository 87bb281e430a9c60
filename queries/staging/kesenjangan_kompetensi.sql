-- Kesenjangan kompetensi setiap pegawai aktif yang penilaiannya masih berlaku: satu baris per kompetensi yang dinilai.
-- Menyatakan: standar instansi menurut jenjang didahulukan; standar dari baris asesmen hanya bila instansi tidak menetapkannya.
-- Tidak menyatakan: kompetensi yang tidak dinilai. Kelebihan tidak pernah menutupi kekurangan kompetensi lain.
-- Dasar: PP 11/2017 pasal 206 ayat 2; T02.
SELECT
    p.instansi_kode,
    p.nip,
    p.jenjang,
    a.kompetensi_kode,
    coalesce(s.level_standar, a.level_standar) AS level_standar,
    greatest(0, coalesce(s.level_standar, a.level_standar) - a.level_capaian) AS kesenjangan
FROM pegawai_kini AS p
INNER JOIN asesmen_berlaku AS b ON b.instansi_kode = p.instansi_kode AND b.nip = p.nip
INNER JOIN asesmen_kini AS a ON a.instansi_kode = b.instansi_kode AND a.nip = b.nip AND a.tanggal = b.tanggal
LEFT JOIN standar_kompetensi_kini AS s
    ON s.instansi_kode = p.instansi_kode AND s.jenjang = p.jenjang AND s.kompetensi_kode = a.kompetensi_kode
WHERE p.aktif
