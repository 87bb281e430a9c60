-- Antrean pernyataan: siapa yang diminta menyatakan atau melengkapi hubungan keluarganya dengan siapa.
-- Menyatakan: KONFLIK_KEPENTINGAN bila pihak lain berwenang atas suatu keputusan tentang orang itu, atau sebaliknya; DATA_KELUARGA bila orang itu
--   belum menyatakan hubungan yang tampak dari data. Kekerabatan saja hanya meminta pernyataan.
-- Tidak menyatakan: penyembunyian atau risiko. Tautan dapat keliru; jawaban "bukan kerabat" sama berharganya.
-- Dasar: PermenPANRB 17/2024; metode N11; kelas H1.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat) orang yang diminta
-- nip: NIP orang yang diminta
-- nama: Namanya
-- unit: Unitnya
-- nip_kerabat: NIP pihak lain
-- nama_kerabat: Namanya
-- dasar: Dasar tautan: K1, K2, K3, atau K4
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
-- sudah_menyatakan: Orang itu sudah menyatakan hubungan ini dengan NIP
-- alasan: KONFLIK_KEPENTINGAN atau DATA_KELUARGA
-- kewenangan: Indikator yang memuat pasangan ini, dipisah koma
WITH berwenang AS (
    SELECT nip, nip_atasan AS nip_kerabat, 'N01' AS sumber FROM n01
    UNION
    SELECT nip, nip_panelis AS nip_kerabat, 'N03' AS sumber FROM n03
    UNION
    SELECT nip, nip_penilai AS nip_kerabat, 'N04' AS sumber FROM n04
),
dua_arah AS (
    SELECT nip, nip_kerabat, sumber FROM berwenang
    UNION
    SELECT nip_kerabat AS nip, nip AS nip_kerabat, sumber FROM berwenang
),
kewenangan_pasangan AS (
    SELECT nip, nip_kerabat, string_agg(sumber, ',' ORDER BY sumber) AS sumber FROM dua_arah GROUP BY nip, nip_kerabat
),
pernyataan AS (
    SELECT DISTINCT nip, nip_kerabat FROM keluarga_kini WHERE nip_kerabat IS NOT NULL
)
SELECT
    o.instansi_kode,
    t.nip,
    o.nama,
    o.unit,
    t.nip_kerabat,
    l.nama AS nama_kerabat,
    t.dasar,
    t.derajat,
    t.p,
    d.nip IS NOT NULL AS sudah_menyatakan,
    CASE WHEN w.nip IS NOT NULL THEN 'KONFLIK_KEPENTINGAN' ELSE 'DATA_KELUARGA' END AS alasan,
    w.sumber AS kewenangan
FROM tautan_kerabat AS t
INNER JOIN orang AS a ON a.nip = t.nip AND a.aktif
INNER JOIN identitas_orang AS o ON o.nip = t.nip
LEFT JOIN identitas_orang AS l ON l.nip = t.nip_kerabat
LEFT JOIN kewenangan_pasangan AS w ON w.nip = t.nip AND w.nip_kerabat = t.nip_kerabat
LEFT JOIN pernyataan AS d ON d.nip = t.nip AND d.nip_kerabat = t.nip_kerabat
WHERE t.berlaku AND (w.nip IS NOT NULL OR d.nip IS NULL)
ORDER BY o.instansi_kode, t.nip, t.nip_kerabat
