-- tingkat: GAGAL
-- Pasangan N11 harus berasal dari N01, N03, atau N04, dan SEMUA pada N13 harus jumlah semua instansi.
-- Dasar: jumlah di antara tingkat harus sama.
WITH asal AS (
    SELECT 'N01' AS sumber, instansi_kode, nip, nip_atasan AS nip_kerabat FROM n01
    UNION ALL
    SELECT 'N03' AS sumber, instansi_kode, nip, nip_panelis AS nip_kerabat FROM n03
    UNION ALL
    SELECT 'N04' AS sumber, instansi_kode, nip, nip_penilai AS nip_kerabat FROM n04
),
semua AS (
    SELECT
        coalesce(sum(n_seleksi) FILTER (WHERE instansi_kode <> 'SEMUA'), 0) AS n_jumlah,
        sum(n_seleksi) FILTER (WHERE instansi_kode = 'SEMUA') AS n_semua,
        coalesce(sum(pemenang_terhubung) FILTER (WHERE instansi_kode <> 'SEMUA'), 0) AS k_jumlah,
        sum(pemenang_terhubung) FILTER (WHERE instansi_kode = 'SEMUA') AS k_semua
    FROM n13
)
SELECT 'n11' AS tabel, t.instansi_kode, t.sumber AS rincian
FROM n11 AS t
LEFT JOIN asal AS a
    ON a.sumber = t.sumber AND a.instansi_kode = t.instansi_kode AND a.nip = t.nip AND a.nip_kerabat = t.nip_kerabat
WHERE a.nip IS NULL
UNION ALL
SELECT 'n13' AS tabel, 'SEMUA' AS instansi_kode, 'jumlah instansi berbeda' AS rincian
FROM semua
WHERE (n_jumlah IS DISTINCT FROM n_semua) OR (k_jumlah IS DISTINCT FROM k_semua)
ORDER BY 1, 2, 3
