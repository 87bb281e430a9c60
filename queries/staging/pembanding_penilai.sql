-- Rata-rata predikat yang diberikan seorang penilai kepada orang lain pada tahun yang sama, untuk setiap penilaian oleh kerabat.
-- Menyatakan: banyaknya orang lain yang ia nilai dan rata-ratanya (1 terbaik); orang yang berkerabat dengannya tidak ikut pembanding.
-- Tidak menyatakan: bahwa orang-orang itu sama kinerjanya.
-- Dasar: metode N04.
SELECT
    n.instansi_kode,
    n.nip,
    n.tahun,
    count(l.nip) AS n_lain,
    CAST(sum(l.predikat) AS DOUBLE) / nullif(count(l.nip), 0) AS rata_lain
FROM n04 AS n
LEFT JOIN (
    SELECT t.instansi_kode, t.tahun, t.penilai_nip, t.nip, t.predikat
    FROM penilaian_tahunan AS t
    LEFT JOIN n04 AS k ON k.instansi_kode = t.instansi_kode AND k.nip = t.nip AND k.tahun = t.tahun
    WHERE k.nip IS NULL
) AS l ON l.instansi_kode = n.instansi_kode AND l.tahun = n.tahun AND l.penilai_nip = n.nip_penilai
GROUP BY n.instansi_kode, n.nip, n.tahun
