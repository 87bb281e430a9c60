-- Kartu komitmen yang aman disajikan: setiap janji kepala daerah terhadap angka terkininya, target, dan tenggatnya.
-- Menyatakan: keadaan janji seperti pada kartu_komitmen; bila angka terkininya ditahan pada tabel penyajian (penyebut kecil, sel kecil,
--   pelengkap), nilai dan keadaannya kosong dan alasannya disebut. Hitungan: nol disebut nol, di bawah batas sel ditahan.
-- Tidak menyatakan: sebab keterlambatan.
-- Dasar: komitmen yang ditandatangani kepala daerah; pasangan janji dan indikator penyajian dari tabel aturan komitmen_sajian.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- indikator: Indikator yang dijanjikan
-- nilai: Angka terkini
-- nilai_awal: Angka pada awal tahun
-- target: Angka yang dijanjikan
-- tenggat: Tanggal target
-- arah: NAIK atau TURUN
-- jalur: Angka jalur lurus pada D
-- n: Penyebut angka terkini; kosong bagi hitungan dan indeks
-- status: TERCAPAI, SESUAI_JALUR, TERTINGGAL, atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL, SEL_KECIL, atau PELENGKAP bila angkanya ditahan
WITH bagian_terbaru AS (
    SELECT instansi_kode, indikator, kelompok, n, alasan
    FROM bagian_instansi
    QUALIFY row_number() OVER (PARTITION BY instansi_kode, indikator ORDER BY kelompok DESC) = 1
),
penahanan AS (
    SELECT b.instansi_kode, s.indikator_komitmen AS indikator, b.n, b.alasan
    FROM komitmen_sajian AS s
    INNER JOIN bagian_instansi AS b ON b.indikator = s.indikator AND b.kelompok = s.kelompok
    UNION ALL
    SELECT b.instansi_kode, s.indikator_komitmen AS indikator, b.n, b.alasan
    FROM komitmen_sajian AS s
    INNER JOIN bagian_terbaru AS b ON b.indikator = s.indikator
    WHERE s.kelompok IS NULL
    UNION ALL
    SELECT instansi_kode, 'kerabat_dalam_rantai_komando' AS indikator, NULL AS n, alasan
    FROM indikasi_instansi
    WHERE indikator = 'N01'
    UNION ALL
    SELECT instansi_kode, 'plt_lebih_6_bulan' AS indikator, NULL AS n, alasan
    FROM bagian_instansi
    WHERE indikator = 'M11'
),
ditahan AS (
    SELECT k.*, p.n, p.alasan
    FROM kartu_komitmen AS k
    LEFT JOIN penahanan AS p ON p.instansi_kode = k.instansi_kode AND p.indikator = k.indikator
)
SELECT
    instansi_kode,
    indikator,
    CASE WHEN alasan IS NULL THEN nilai END AS nilai,
    nilai_awal,
    target,
    tenggat,
    arah,
    jalur,
    n,
    CASE WHEN alasan IS NULL THEN status ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM ditahan
ORDER BY instansi_kode, indikator
