-- Kartu komitmen: setiap janji kepala daerah terhadap angka terkininya, target, dan tenggatnya.
-- Menyatakan: TERCAPAI, SESUAI_JALUR, atau TERTINGGAL menurut jalur lurus dari nilai_awal pada 1 Januari tahun D ke target pada tenggat;
--   BELUM_DAPAT_DINILAI bila angka atau arahnya belum ada, atau jalurnya tidak dapat dihitung.
-- Tidak menyatakan: sebab keterlambatan.
-- Dasar: komitmen yang ditandatangani kepala daerah; jalur pada atau sesudah tenggat adalah target.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- indikator: Indikator yang dijanjikan
-- nilai: Angka terkini
-- nilai_awal: Angka pada awal tahun
-- target: Angka yang dijanjikan
-- tenggat: Tanggal target
-- arah: NAIK atau TURUN
-- jalur: Angka jalur lurus pada D
-- status: TERCAPAI, SESUAI_JALUR, TERTINGGAL, atau BELUM_DAPAT_DINILAI
WITH janji AS (
    SELECT
        k.instansi_kode, k.indikator, n.nilai, k.nilai_awal, k.target, k.tenggat, k.arah,
        make_date(w.tahun_acuan, 1, 1) AS awal_tahun,
        w.tanggal_acuan
    FROM komitmen_kini AS k
    CROSS JOIN jendela AS w
    LEFT JOIN nilai_komitmen AS n ON n.instansi_kode = k.instansi_kode AND n.indikator = k.indikator
),
berjalur AS (
    SELECT
        *,
        CASE
            WHEN nilai_awal IS NULL THEN NULL
            WHEN tanggal_acuan >= tenggat THEN target
            ELSE nilai_awal + (target - nilai_awal) * (tanggal_acuan - awal_tahun) / (tenggat - awal_tahun)
        END AS jalur
    FROM janji
)
SELECT
    instansi_kode,
    indikator,
    nilai,
    nilai_awal,
    target,
    tenggat,
    arah,
    jalur,
    CASE
        WHEN nilai IS NULL OR arah IS NULL THEN 'BELUM_DAPAT_DINILAI'
        WHEN (arah = 'NAIK' AND nilai >= target) OR (arah = 'TURUN' AND nilai <= target) THEN 'TERCAPAI'
        WHEN tanggal_acuan > tenggat THEN 'TERTINGGAL'
        WHEN jalur IS NULL THEN 'BELUM_DAPAT_DINILAI'
        WHEN (arah = 'NAIK' AND nilai >= jalur) OR (arah = 'TURUN' AND nilai <= jalur) THEN 'SESUAI_JALUR'
        ELSE 'TERTINGGAL'
    END AS status
FROM berjalur
ORDER BY instansi_kode, indikator
