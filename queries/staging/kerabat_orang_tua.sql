-- Tautan saudara kandung dari ayah dan ibu yang sama: satu baris per pasangan.
-- Menyatakan: K4 bila dua pegawai menyatakan ayah dan ibu dengan nama (dinormalkan) yang sama, dengan peluang Fellegi-Sunter:
--   peluang awal (saudara per pegawai dibagi pegawai lain) dikali, untuk ayah dan ibu, kecocokan x penyata / pemilik nama itu.
--   Pasangan ayah dan ibu yang dinyatakan lebih banyak orang daripada batas adalah isian pengganti, bukan orang, dan tidak menautkan siapa pun.
-- Tidak menyatakan: saudara karena satu nama saja, apalagi nama belakang; nama yang umum memberi peluang yang kecil.
-- Dasar: tangga bukti kekerabatan K4; Fellegi-Sunter dengan frekuensi nama.
WITH penyata AS (
    SELECT hubungan, count(DISTINCT nip) AS n
    FROM nama_orang_tua
    GROUP BY hubungan
),
bobot_nama AS (
    SELECT
        t.hubungan,
        t.nama,
        parameter('kerabat.kecocokan_nama') * max(y.n) / greatest(CAST(count(*) AS DOUBLE), parameter('kerabat.pemilik_nama_min')) AS bobot
    FROM nama_orang_tua AS t
    INNER JOIN penyata AS y ON y.hubungan = t.hubungan
    GROUP BY t.hubungan, t.nama
),
peluang_awal AS (
    SELECT parameter('kerabat.saudara_per_pegawai') / nullif(count(*) - 1, 0) AS lambda
    FROM orang
),
pasangan AS (
    SELECT
        s.nip AS nip_a,
        t.nip AS nip_b,
        w.lambda / (1 - w.lambda) * a.bobot * i.bobot AS odds
    FROM orang_tua_bersama AS s
    INNER JOIN orang_tua_bersama AS t ON t.ayah = s.ayah AND t.ibu = s.ibu AND t.nip > s.nip
    INNER JOIN bobot_nama AS a ON a.hubungan = 'AYAH' AND a.nama = s.ayah
    INNER JOIN bobot_nama AS i ON i.hubungan = 'IBU' AND i.nama = s.ibu
    CROSS JOIN peluang_awal AS w
)
SELECT
    p.nip_a,
    p.nip_b,
    'K4' AS dasar,
    max(h.derajat) AS derajat,
    max(p.odds / (1 + p.odds)) AS p
FROM pasangan AS p
LEFT JOIN hubungan_keluarga AS h ON h.hubungan = 'SAUDARA'
GROUP BY p.nip_a, p.nip_b
