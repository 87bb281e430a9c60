-- IP ASN per instansi dan SEMUA yang aman disajikan: indeks, rata-rata tiap dimensi, banyaknya orang, dan keadaannya.
-- Menyatakan: DAPAT_DINILAI bila orangnya cukup. SEMUA = rata-rata semua orang, bukan rata-rata instansi.
--   Rata-rata disiplin dan kinerja kosong bersama bila yang dihukum terlalu sedikit untuk disebut: dari rata-ratanya banyaknya orang itu terhitung.
--   Bila tidak seorang pun punya penilaian kinerja (rata-rata kinerjanya jelas nol), kompetensi ikut kosong.
-- Tidak menyatakan: mutu pelayanan; cakupan penilaian yang rendah menurunkan indeks karena data belum ada. Tabel peringkat tidak dibuat dari sini.
-- Dasar: Peraturan BKN 8/2019; penyebut terkecil dan sel kecil dari tabel aturan.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n: Populasi yang diukur; kosong bila orangnya terlalu sedikit untuk disebut
-- indeks: Rata-rata jumlah IP ASN
-- kualifikasi: Rata-rata poin pendidikan
-- kompetensi: Rata-rata poin pelatihan
-- kinerja: Rata-rata poin kinerja
-- disiplin: Rata-rata poin disiplin
-- cakupan: Bagian populasi yang punya penilaian tahunan dalam jendela
-- kategori: Kategori indeks
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL atau PELENGKAP
WITH cakupan_orang AS (
    SELECT instansi_kode, nip, kualifikasi, kompetensi, kinerja, disiplin, total FROM ip_asn
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode, nip, kualifikasi, kompetensi, kinerja, disiplin, total FROM ip_asn
),
disiplin_penuh AS (
    SELECT max(disiplin) AS poin FROM ip_asn
),
rata_rata AS (
    SELECT
        o.instansi_kode,
        count(*) AS n,
        avg(o.total) AS indeks,
        avg(o.kualifikasi) AS kualifikasi,
        avg(o.kompetensi) AS kompetensi,
        avg(o.kinerja) AS kinerja,
        avg(o.disiplin) AS disiplin,
        count(*) FILTER (WHERE o.disiplin < d.poin) AS n_dihukum
    FROM cakupan_orang AS o
    CROSS JOIN disiplin_penuh AS d
    GROUP BY o.instansi_kode
),
dijaga AS (
    SELECT
        r.*,
        r.n < a.n_min AS penyebut_kecil,
        coalesce(p.ditahan, false) AS n_ditahan,
        CASE WHEN r.instansi_kode = 'SEMUA' THEN 'AKHIR' ELSE 'AWAL' END AS dari,
        CASE WHEN r.instansi_kode = 'SEMUA' THEN 'AWAL' ELSE 'AKHIR' END AS ke,
        CAST(CASE WHEN r.instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') * r.n ELSE r.n END AS BIGINT) AS biaya
    FROM rata_rata AS r
    INNER JOIN penyajian AS a ON a.indikator = 'IP_ASN'
    LEFT JOIN penyebut_ditahan AS p ON p.keluarga = 'PNS' AND NOT p.anak AND p.instansi_kode = r.instansi_kode
),
indeks_dijaga AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, n, n, CASE WHEN penyebut_kecil OR n_ditahan THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS ditahan
    FROM dijaga
),
dinilai AS (
    SELECT
        *,
        CASE WHEN penyebut_kecil THEN 'PENYEBUT_KECIL' WHEN ditahan THEN 'PELENGKAP' END AS alasan,
        sel_ditahan(
            dari, ke, n_dihukum, n - n_dihukum,
            CASE
                WHEN ditahan
                    OR (n_dihukum > 0 AND n_dihukum < parameter('penyajian.sel_min'))
                    OR (n > n_dihukum AND n - n_dihukum < parameter('penyajian.sel_min')) THEN 'TERTUTUP'
                ELSE 'TERBUKA'
            END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS disiplin_ditahan
    FROM indeks_dijaga
),
kinerja_diketahui AS (
    SELECT d.instansi_kode, d.disiplin_ditahan AND coalesce(b.k, 0) = 0 AS kompetensi_ditahan
    FROM dinilai AS d
    LEFT JOIN bagian_dinilai AS b ON b.indikator = 'IP_ASN' AND b.instansi_kode = d.instansi_kode
),
kompetensi_dijaga AS (
    SELECT instansi_kode, kompetensi_ditahan OR (instansi_kode = 'SEMUA' AND bool_or(kompetensi_ditahan) OVER ()) AS kompetensi_ditahan
    FROM kinerja_diketahui
)
SELECT
    d.instansi_kode,
    CASE WHEN NOT d.n_ditahan THEN d.n END AS n,
    CASE WHEN d.alasan IS NULL THEN d.indeks END AS indeks,
    CASE WHEN d.alasan IS NULL THEN d.kualifikasi END AS kualifikasi,
    CASE WHEN d.alasan IS NULL AND NOT t.kompetensi_ditahan THEN d.kompetensi END AS kompetensi,
    CASE WHEN d.alasan IS NULL AND NOT d.disiplin_ditahan THEN d.kinerja END AS kinerja,
    CASE WHEN d.alasan IS NULL AND NOT d.disiplin_ditahan THEN d.disiplin END AS disiplin,
    CASE WHEN b.alasan IS NULL THEN CAST(b.k AS DOUBLE) / b.n END AS cakupan,
    CASE WHEN d.alasan IS NULL THEN k.kategori END AS kategori,
    CASE WHEN d.alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    d.alasan
FROM dinilai AS d
INNER JOIN kompetensi_dijaga AS t ON t.instansi_kode = d.instansi_kode
LEFT JOIN bagian_dinilai AS b ON b.indikator = 'IP_ASN' AND b.instansi_kode = d.instansi_kode
LEFT JOIN ip_asn_kategori AS k ON d.indeks > k.lebih_dari AND d.indeks <= k.sampai
ORDER BY d.instansi_kode
