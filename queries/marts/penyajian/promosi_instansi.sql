-- Uji promosi setahun terakhir per instansi dan SEMUA yang aman disajikan.
-- Menyatakan: promosi menurut keadaan syaratnya; syarat hasil = penilaian keseluruhan. DAPAT_DINILAI bila semua keadaannya disebut; selain itu
--   keadaan yang ditahan kosong dan yang lain tetap disebut.
-- Tidak menyatakan: bahwa pengangkatan itu tidak sah, atau bahwa tanpa bukti berarti tidak memenuhi.
-- Dasar: M01; PP 11/2017 jo PP 17/2020; metode bagian 8 (sel kecil); penyebut terkecil dari tabel aturan.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- syarat: pendidikan, masa_kerja, usia, kinerja, kompetensi, atau hasil
-- memenuhi: Memenuhi syarat
-- tidak: Tidak memenuhi syarat
-- tanpa_bukti: Buktinya tidak ada dalam data
-- tidak_berlaku: Syaratnya tidak berlaku
-- n: Promosi setahun terakhir; kosong bila terlalu sedikit untuk disebut
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL, SEL_KECIL, atau PELENGKAP
WITH keadaan_syarat AS (
    SELECT
        syarat,
        instansi_kode,
        max(n) FILTER (WHERE keadaan = 'MEMENUHI' AND NOT ditahan) AS memenuhi,
        max(n) FILTER (WHERE keadaan = 'TIDAK' AND NOT ditahan) AS tidak,
        max(n) FILTER (WHERE keadaan = 'TANPA_BUKTI' AND NOT ditahan) AS tanpa_bukti,
        max(n) FILTER (WHERE keadaan = 'TIDAK_BERLAKU' AND NOT ditahan) AS tidak_berlaku,
        sum(n) FILTER (WHERE keadaan IN ('BERLAKU', 'TIDAK_BERLAKU')) AS n,
        bool_or(ditahan) AS ditahan,
        min(n) FILTER (WHERE n > 0) AS sel_terkecil
    FROM promosi_ditahan
    GROUP BY syarat, instansi_kode
),
penyebut AS (
    SELECT instansi_kode, bool_or(n_ditahan) AS ditahan
    FROM bagian_dinilai
    WHERE indikator = 'M01' AND kelompok = 'hasil'
    GROUP BY instansi_kode
),
unit AS (
    SELECT instansi_kode FROM instansi_kini
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode
),
dinilai AS (
    SELECT
        u.instansi_kode, y.syarat, k.memenuhi, k.tidak, k.tanpa_bukti, k.tidak_berlaku,
        coalesce(k.n, 0) AS n,
        coalesce(p.ditahan, false) OR coalesce(b.ditahan, false) AS n_ditahan,
        CASE
            WHEN coalesce(k.n, 0) < a.n_min THEN 'PENYEBUT_KECIL'
            WHEN k.ditahan AND k.sel_terkecil < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
            WHEN k.ditahan THEN 'PELENGKAP'
        END AS alasan
    FROM unit AS u
    CROSS JOIN (VALUES ('pendidikan'), ('masa_kerja'), ('usia'), ('kinerja'), ('kompetensi'), ('hasil')) AS y (syarat)
    INNER JOIN penyajian AS a ON a.indikator = 'M01'
    LEFT JOIN keadaan_syarat AS k ON k.instansi_kode = u.instansi_kode AND k.syarat = y.syarat
    LEFT JOIN penyebut_ditahan AS p ON p.keluarga = 'M01' AND p.instansi_kode = u.instansi_kode
    LEFT JOIN penyebut AS b ON b.instansi_kode = u.instansi_kode
)
SELECT
    instansi_kode,
    syarat,
    memenuhi,
    tidak,
    tanpa_bukti,
    tidak_berlaku,
    CASE WHEN alasan IS NULL OR NOT n_ditahan THEN n END AS n,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode, syarat
