-- Peta talenta per instansi dan SEMUA yang aman disajikan: banyaknya PNS aktif setiap kotak dan yang belum dipetakan.
-- Menyatakan: DAPAT_DINILAI bila banyaknya boleh disebut; nol disebut nol. bagian = n dibagi semua PNS aktif instansi itu.
-- Tidak menyatakan: perbandingan mutu antar-instansi; isi kotak bergantung pada cakupan penilaian kompetensi.
-- Dasar: PermenPANRB 3/2020; metode bagian 8 (sel kecil).
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- kotak: Kotak 1 sampai 9, BELUM_ASESMEN, atau BELUM_KINERJA
-- n: Banyaknya PNS aktif
-- bagian: n dibagi semua PNS aktif
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: SEL_KECIL atau PELENGKAP
WITH isi AS (
    SELECT instansi_kode, kotak, n FROM talenta_instansi
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode, kotak, sum(n) AS n FROM talenta_instansi GROUP BY kotak
),
dinilai AS (
    SELECT
        i.instansi_kode,
        i.kotak,
        i.n,
        sum(i.n) OVER (PARTITION BY i.instansi_kode) AS n_pns,
        CASE
            WHEN i.n > 0 AND i.n < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
            WHEN p.ditahan THEN 'PELENGKAP'
        END AS alasan
    FROM isi AS i
    LEFT JOIN peta_ditahan AS p ON p.instansi_kode = i.instansi_kode AND p.sel = i.kotak
)
SELECT
    instansi_kode,
    kotak,
    CASE WHEN alasan IS NULL THEN n END AS n,
    CASE WHEN alasan IS NULL THEN CAST(n AS DOUBLE) / nullif(n_pns, 0) END AS bagian,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode, kotak
