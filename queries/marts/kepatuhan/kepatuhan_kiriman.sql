-- Kiriman yang diharapkan dari setiap instansi dan himpunan data untuk periode terakhirnya, dan kapan datangnya.
-- Menyatakan: TEPAT atau TERLAMBAT menurut tanggal diterima (WIB) kiriman pertama yang memuat periode itu atau sesudahnya; TANPA_TANGGAL bila
--   tanggalnya tidak tercatat; DITOLAK bila hanya ada berkas yang ditolak; BILA_ADA bila tidak ada kiriman dan memang tidak wajib;
--   BELUM bila tenggatnya lewat; BELUM_JATUH_TEMPO bila tenggatnya masih di depan.
-- Tidak menyatakan: kelengkapan isi; kiriman sebagian sudah dihitung datang. "Lewat" diukur terhadap hari terakhir bulan laporan, atau hari
--   kiriman terakhir siapa pun diterima bila lebih baru.
-- Dasar: tabel aturan kalender_kiriman dan hari_libur (jadwalnya belum ditetapkan).
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- dataset: Himpunan data
-- nama: Nama himpunan data bagi pembaca
-- periode_diharapkan: Bulan terakhir yang harus terkirim, YYYY-MM
-- tenggat: Hari kerja terakhir untuk mengirim
-- diterima_pada: Hari kiriman pertama periode itu diterima, WIB
-- hari_terlambat: Hari sesudah tenggat; kosong bila tidak terlambat
-- periode_terakhir: Bulan terakhir yang pernah terkirim sampai periode laporan
-- status: TEPAT, TERLAMBAT, TANPA_TANGGAL, DITOLAK, BILA_ADA, BELUM, atau BELUM_JATUH_TEMPO
WITH kiriman AS (
    SELECT
        instansi_kode, dataset, periode, status,
        CAST(arrow_cast(diterima_pada, 'Timestamp(Microsecond, Some("Asia/Pontianak"))') AS DATE) AS hari,
        diterima_pada <= dimuat_pada AS wajar
    FROM berkas
    WHERE instansi_kode IS NOT NULL
),
sampai AS (
    SELECT greatest(tanggal_acuan(), coalesce(max(hari) FILTER (WHERE wajar), tanggal_acuan())) AS hari FROM kiriman
),
datang AS (
    SELECT
        t.instansi_kode, t.dataset,
        count(k.dataset) FILTER (WHERE k.status = 'DITERIMA' AND k.periode >= t.periode_diharapkan) AS n_datang,
        min(k.hari) FILTER (WHERE k.status = 'DITERIMA' AND k.periode >= t.periode_diharapkan) AS hari,
        count(k.dataset) FILTER (WHERE k.status = 'DITOLAK' AND coalesce(k.periode >= t.periode_diharapkan, false)) AS n_ditolak,
        max(k.periode) FILTER (WHERE k.status = 'DITERIMA') AS periode_terakhir
    FROM tenggat_kiriman AS t
    LEFT JOIN kiriman AS k ON k.instansi_kode = t.instansi_kode AND k.dataset = t.dataset AND k.periode <= periode_acuan()
    GROUP BY t.instansi_kode, t.dataset
)
SELECT
    t.instansi_kode,
    t.dataset,
    t.nama,
    t.periode_diharapkan,
    t.tenggat,
    d.hari AS diterima_pada,
    CASE WHEN d.hari > t.tenggat THEN d.hari - t.tenggat END AS hari_terlambat,
    d.periode_terakhir,
    CASE
        WHEN d.hari > t.tenggat THEN 'TERLAMBAT'
        WHEN d.hari IS NOT NULL THEN 'TEPAT'
        WHEN d.n_datang > 0 THEN 'TANPA_TANGGAL'
        WHEN d.n_ditolak > 0 THEN 'DITOLAK'
        WHEN NOT t.wajib THEN 'BILA_ADA'
        WHEN t.tenggat >= s.hari THEN 'BELUM_JATUH_TEMPO'
        ELSE 'BELUM'
    END AS status
FROM tenggat_kiriman AS t
INNER JOIN datang AS d ON d.instansi_kode = t.instansi_kode AND d.dataset = t.dataset
CROSS JOIN sampai AS s
ORDER BY t.instansi_kode, t.dataset
