-- Kebutuhan pengembangan per perangkat daerah yang aman disajikan.
-- Menyatakan: PNS aktif, bagian yang jam pelajarannya kurang, dan bagian yang tanpa penilaian kompetensi yang berlaku. Sel kecil dikosongkan, begitu
--   pula perangkat daerah berikutnya selama angka yang ditutup masih dapat dihitung dari jumlah instansinya, dan semuanya bila jumlah itu sendiri
--   tertutup pada bagian_instansi.
-- Tidak menyatakan: peringkat; perangkat daerah berbeda tugas dan jenis jabatannya.
-- Dasar: PP 11/2017 pasal 203; Peraturan BKN 26/2019 pasal 29 ayat 4; perangkat daerah menurut pohon unit organisasi.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- unor_id: Perangkat daerah
-- opd: Nama perangkat daerah
-- n_pns: PNS aktif; kosong bila penyebut instansinya tertutup
-- n_kurang_jp: PNS yang jam pelajarannya kurang
-- bagian_kurang_jp: n_kurang_jp dibagi n_pns
-- jp_status: ADA atau DISAMARKAN
-- n_tanpa_asesmen: PNS tanpa penilaian kompetensi yang berlaku
-- bagian_tanpa_asesmen: n_tanpa_asesmen dibagi n_pns
-- asesmen_status: ADA atau DISAMARKAN
WITH orang_opd AS (
    SELECT
        p.instansi_kode, coalesce(o.opd_id, p.unor_id, '') AS unor_id, coalesce(o.opd, 'Tanpa unit yang dikenal') AS opd,
        coalesce(t.kekurangan > 0, false) AS kurang_jp,
        b.nip IS NULL AS tanpa_asesmen
    FROM pegawai_kini AS p
    LEFT JOIN opd_unor AS o ON o.instansi_kode = p.instansi_kode AND o.unor_id = p.unor_id
    LEFT JOIN t01 AS t ON t.instansi_kode = p.instansi_kode AND t.nip = p.nip
    LEFT JOIN asesmen_berlaku AS b ON b.instansi_kode = p.instansi_kode AND b.nip = p.nip
    WHERE p.aktif AND p.jenis_asn = 'PNS'
),
hitungan AS (
    SELECT
        instansi_kode, unor_id, max(opd) AS opd, count(*) AS n,
        count(*) FILTER (WHERE kurang_jp) AS k_jp,
        count(*) FILTER (WHERE tanpa_asesmen) AS k_asesmen
    FROM orang_opd
    GROUP BY instansi_kode, unor_id
),
kecil AS (
    SELECT
        *,
        n < parameter('penyajian.sel_min') OR k_jp BETWEEN 1 AND parameter('penyajian.sel_min') - 1
            OR n - k_jp BETWEEN 1 AND parameter('penyajian.sel_min') - 1 AS jp_kecil,
        least(k_jp, n - k_jp) AS jp_sedikit,
        n < parameter('penyajian.sel_min') OR k_asesmen BETWEEN 1 AND parameter('penyajian.sel_min') - 1
            OR n - k_asesmen BETWEEN 1 AND parameter('penyajian.sel_min') - 1 AS asesmen_kecil,
        least(k_asesmen, n - k_asesmen) AS asesmen_sedikit
    FROM hitungan
),
terbuka AS (
    SELECT
        instansi_kode,
        bool_or(n IS NOT NULL) FILTER (WHERE indikator = 'T09') AS n_terbuka,
        bool_or(alasan IS NULL) FILTER (WHERE indikator = 'T01') AS jp_terbuka,
        bool_or(alasan IS NULL) FILTER (WHERE indikator = 'T09') AS asesmen_terbuka
    FROM bagian_instansi
    WHERE kelompok IN ('PNS', 'SEMUA')
    GROUP BY instansi_kode
),
tertutup AS (
    SELECT
        *,
        jp_kecil OR (
            count(*) FILTER (WHERE jp_kecil) OVER (PARTITION BY instansi_kode) > 0
            AND (count(*) OVER jp < 2 OR coalesce(least(sum(k_jp) OVER jp, sum(n - k_jp) OVER jp), 0) < parameter('penyajian.sel_min'))
        ) AS jp_tutup,
        asesmen_kecil OR (
            count(*) FILTER (WHERE asesmen_kecil) OVER (PARTITION BY instansi_kode) > 0
            AND (
                count(*) OVER penilaian < 2
                OR coalesce(least(sum(k_asesmen) OVER penilaian, sum(n - k_asesmen) OVER penilaian), 0) < parameter('penyajian.sel_min')
            )
        ) AS asesmen_tutup
    FROM kecil
    WINDOW
        jp AS (
            PARTITION BY instansi_kode ORDER BY jp_kecil DESC, jp_sedikit = 0, jp_sedikit, unor_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
        penilaian AS (
            PARTITION BY instansi_kode ORDER BY asesmen_kecil DESC, asesmen_sedikit = 0, asesmen_sedikit, unor_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT
    t.instansi_kode,
    t.unor_id,
    t.opd,
    CASE WHEN b.n_terbuka THEN t.n END AS n_pns,
    CASE WHEN b.jp_terbuka AND NOT t.jp_tutup THEN t.k_jp END AS n_kurang_jp,
    CASE WHEN b.jp_terbuka AND NOT t.jp_tutup THEN CAST(t.k_jp AS DOUBLE) / t.n END AS bagian_kurang_jp,
    CASE WHEN b.jp_terbuka AND NOT t.jp_tutup THEN 'ADA' ELSE 'DISAMARKAN' END AS jp_status,
    CASE WHEN b.asesmen_terbuka AND NOT t.asesmen_tutup THEN t.k_asesmen END AS n_tanpa_asesmen,
    CASE WHEN b.asesmen_terbuka AND NOT t.asesmen_tutup THEN CAST(t.k_asesmen AS DOUBLE) / t.n END AS bagian_tanpa_asesmen,
    CASE WHEN b.asesmen_terbuka AND NOT t.asesmen_tutup THEN 'ADA' ELSE 'DISAMARKAN' END AS asesmen_status
FROM tertutup AS t
LEFT JOIN terbuka AS b ON b.instansi_kode = t.instansi_kode
ORDER BY t.instansi_kode, t.unor_id
