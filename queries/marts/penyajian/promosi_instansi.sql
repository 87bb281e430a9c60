-- Uji promosi setahun terakhir per instansi dan SEMUA yang aman disajikan.
-- Menyatakan: promosi menurut keadaan syaratnya; syarat hasil = penilaian keseluruhan. Keadaan yang orangnya terlalu sedikit kosong; nol disebut nol.
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
WITH isi AS (
    SELECT instansi_kode, syarat, n, memenuhi, tidak, tanpa_bukti, tidak_berlaku FROM m01_instansi
    UNION ALL
    SELECT
        'SEMUA' AS instansi_kode, syarat, sum(n) AS n, sum(memenuhi) AS memenuhi, sum(tidak) AS tidak,
        sum(tanpa_bukti) AS tanpa_bukti, sum(tidak_berlaku) AS tidak_berlaku
    FROM m01_instansi
    GROUP BY syarat
),
dinilai AS (
    SELECT
        i.*,
        CASE
            WHEN i.n < a.n_min THEN 'PENYEBUT_KECIL'
            WHEN least(
                coalesce(nullif(i.memenuhi, 0), i.n), coalesce(nullif(i.tidak, 0), i.n),
                coalesce(nullif(i.tanpa_bukti, 0), i.n), coalesce(nullif(i.tidak_berlaku, 0), i.n)
            ) < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
        END AS alasan
    FROM isi AS i
    INNER JOIN penyajian AS a ON a.indikator = 'M01'
)
SELECT
    instansi_kode,
    syarat,
    CASE WHEN alasan IS NULL THEN memenuhi END AS memenuhi,
    CASE WHEN alasan IS NULL THEN tidak END AS tidak,
    CASE WHEN alasan IS NULL THEN tanpa_bukti END AS tanpa_bukti,
    CASE WHEN alasan IS NULL THEN tidak_berlaku END AS tidak_berlaku,
    CASE WHEN n = 0 OR n >= parameter('penyajian.sel_min') THEN n END AS n,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode, syarat
