-- Tautan kekerabatan dari nama dan tanggal lahir yang dinyatakan: satu baris per pasangan.
-- Menyatakan: K3 bila nama (dinormalkan) dan tanggal lahir kerabat cocok dengan tepat satu pegawai aktif.
-- Tidak menyatakan: kecocokan nama saja; dua orang dengan nama dan tanggal lahir sama tidak pernah ditautkan.
-- Dasar: tangga bukti kekerabatan K3.
WITH pegawai_aktif AS (
    SELECT DISTINCT nama, tanggal_lahir, nip
    FROM pegawai_kini
    WHERE aktif AND nama IS NOT NULL AND tanggal_lahir IS NOT NULL
),
pemilik_tunggal AS (
    SELECT nama, tanggal_lahir, min(nip) AS nip
    FROM pegawai_aktif
    GROUP BY nama, tanggal_lahir
    HAVING count(*) = 1
)
SELECT
    least(k.nip, o.nip) AS nip_a,
    greatest(k.nip, o.nip) AS nip_b,
    'K3' AS dasar,
    min(k.derajat) AS derajat,
    parameter('kerabat.p_k3') AS p
FROM keluarga_kini AS k
INNER JOIN pemilik_tunggal AS o ON o.nama = k.nama AND o.tanggal_lahir = k.tanggal_lahir
WHERE o.nip <> k.nip
GROUP BY 1, 2
