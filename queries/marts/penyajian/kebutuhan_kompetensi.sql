-- Kebutuhan pelatihan per kompetensi yang aman disajikan, per instansi dan SEMUA.
-- Menyatakan: di antara pegawai aktif yang dinilai pada kompetensi itu, bagian yang kesenjangannya mencapai satu tingkat, dengan selang Wilson.
--   Sel kecil dikosongkan; bila hanya satu instansi tertutup, instansi terkecil berikutnya ikut ditutup agar tidak dapat dihitung dari jumlahnya.
-- Tidak menyatakan: kebutuhan orang yang belum dinilai; urutan antarinstansi bukan peringkat.
-- Dasar: PP 11/2017 pasal 206; sel kecil dan penyebut terkecil dari tabel aturan.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- kompetensi_kode: Kode kompetensi
-- nama: Nama kompetensi
-- kelompok: Kelompok kompetensi
-- n: Pegawai aktif yang dinilai
-- n_butuh: Di antaranya yang berkesenjangan
-- bagian: n_butuh dibagi n
-- bawah: Batas bawah selang Wilson
-- atas: Batas atas selang Wilson
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL atau SEL_KECIL
WITH hitungan AS (
    SELECT
        instansi_kode, kompetensi_kode, count(*) AS n,
        count(*) FILTER (WHERE kesenjangan >= parameter('kebutuhan.kesenjangan_min')) AS k
    FROM kesenjangan_kompetensi
    GROUP BY instansi_kode, kompetensi_kode
),
beralasan AS (
    SELECT
        h.*, a.n_min,
        CASE
            WHEN h.n < a.n_min THEN 'PENYEBUT_KECIL'
            WHEN h.k BETWEEN 1 AND parameter('penyajian.sel_min') - 1 THEN 'SEL_KECIL'
            WHEN h.n - h.k BETWEEN 1 AND parameter('penyajian.sel_min') - 1 THEN 'SEL_KECIL'
        END AS alasan_sendiri
    FROM hitungan AS h
    INNER JOIN penyajian AS a ON a.indikator = 'KEBUTUHAN'
),
tertutup AS (
    SELECT
        *,
        CASE
            WHEN alasan_sendiri IS NOT NULL THEN alasan_sendiri
            WHEN count(alasan_sendiri) OVER (PARTITION BY kompetensi_kode) > 0
                AND (
                    count(*) OVER sebelum < 2
                    OR coalesce(least(sum(k) OVER sebelum, sum(n - k) OVER sebelum), 0) < parameter('penyajian.sel_min')
                ) THEN 'SEL_KECIL'
        END AS alasan
    FROM beralasan
    WINDOW sebelum AS (
        PARTITION BY kompetensi_kode ORDER BY alasan_sendiri IS NULL, least(k, n - k) = 0, least(k, n - k), instansi_kode
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
semua AS (
    SELECT instansi_kode, kompetensi_kode, n, k, alasan FROM tertutup
    UNION ALL
    SELECT
        'SEMUA' AS instansi_kode, kompetensi_kode, sum(n) AS n, sum(k) AS k,
        CASE
            WHEN sum(n) < max(n_min) THEN 'PENYEBUT_KECIL'
            WHEN sum(k) BETWEEN 1 AND parameter('penyajian.sel_min') - 1 THEN 'SEL_KECIL'
            WHEN sum(n) - sum(k) BETWEEN 1 AND parameter('penyajian.sel_min') - 1 THEN 'SEL_KECIL'
        END AS alasan
    FROM beralasan
    GROUP BY kompetensi_kode
)
SELECT
    s.instansi_kode,
    s.kompetensi_kode,
    coalesce(r.nama, s.kompetensi_kode) AS nama,
    r.kelompok,
    s.n,
    CASE WHEN s.alasan IS NULL THEN s.k END AS n_butuh,
    CASE WHEN s.alasan IS NULL THEN CAST(s.k AS DOUBLE) / s.n END AS bagian,
    CASE WHEN s.alasan IS NULL THEN wilson_bawah(CAST(s.k AS DOUBLE), CAST(s.n AS DOUBLE), parameter('penyajian.wilson_z')) END AS bawah,
    CASE WHEN s.alasan IS NULL THEN wilson_atas(CAST(s.k AS DOUBLE), CAST(s.n AS DOUBLE), parameter('penyajian.wilson_z')) END AS atas,
    CASE WHEN s.alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    s.alasan
FROM semua AS s
LEFT JOIN kompetensi AS r ON r.kompetensi_kode = s.kompetensi_kode
ORDER BY s.instansi_kode, s.kompetensi_kode
