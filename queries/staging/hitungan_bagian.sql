-- Pembilang dan penyebut setiap bagian per instansi, sebelum disajikan.
-- Menyatakan: n dan k yang sebenarnya, sel kecil termasuk; kelompok dengan penyebut nol tidak dimuat. turun dan naik = sejauh mana k dapat lebih kecil
--   atau lebih besar bila semua angka lain yang disajikan tetap. keluarga = angka yang penyebutnya orang yang sama; anak = sebagian dari orang-orang itu;
--   sel = paling banyak sel yang membagi penyebut itu.
-- Tidak menyatakan: angka yang boleh dibaca orang; itu tugas tabel penyajian.
-- Dasar: tabel hasil masing-masing indikator; daftar indikator pada tabel aturan penyajian.
WITH hitungan AS (
    SELECT 'T01' AS indikator, 'PNS' AS kelompok, instansi_kode, n_pns AS n, n_cukup AS k, 'PNS' AS keluarga, false AS anak
    FROM t01_instansi
    UNION ALL
    SELECT 'T01_PPPK' AS indikator, 'PPPK' AS kelompok, instansi_kode, n_pppk AS n, n_pppk_lewat AS k, NULL AS keluarga, false AS anak
    FROM t01_instansi
    UNION ALL
    SELECT
        'T03' AS indikator, kompetensi_kode AS kelompok, instansi_kode, n, n_kritis AS k,
        concat_ws('/', 'T03', kompetensi_kode) AS keluarga, false AS anak
    FROM t03
    UNION ALL
    SELECT
        'KEBUTUHAN' AS indikator, kompetensi_kode AS kelompok, instansi_kode, count(*) AS n,
        count(*) FILTER (WHERE kesenjangan >= parameter('kebutuhan.kesenjangan_min')) AS k,
        concat_ws('/', 'T03', kompetensi_kode) AS keluarga, false AS anak
    FROM kesenjangan_kompetensi
    GROUP BY kompetensi_kode, instansi_kode
    UNION ALL
    SELECT 'T05' AS indikator, 'SEMUA' AS kelompok, instansi_kode, n_kebutuhan AS n, n_belum_terlayani AS k, NULL AS keluarga, false AS anak
    FROM t05
    UNION ALL
    SELECT 'T08' AS indikator, jenjang AS kelompok, instansi_kode, n, n_tertinggal AS k, NULL AS keluarga, false AS anak
    FROM t08_instansi
    UNION ALL
    SELECT 'T09' AS indikator, kelompok, instansi_kode, n, n_tanpa AS k, 'PNS' AS keluarga, kelompok <> 'SEMUA' AS anak
    FROM t09
    UNION ALL
    SELECT
        'TALENTA' AS indikator, 'DIPETAKAN' AS kelompok, instansi_kode,
        count(*) AS n, count(*) FILTER (WHERE talent_pool) AS k, 'PNS' AS keluarga, false AS anak
    FROM talenta
    WHERE status = 'DIPETAKAN'
    GROUP BY instansi_kode
    UNION ALL
    SELECT 'IP_ASN' AS indikator, 'CAKUPAN' AS kelompok, i.instansi_kode, count(*) AS n, count(b.nip) AS k, 'PNS' AS keluarga, false AS anak
    FROM ip_asn AS i
    LEFT JOIN penilaian_berlaku AS b ON b.instansi_kode = i.instansi_kode AND b.nip = i.nip
    GROUP BY i.instansi_kode
    UNION ALL
    SELECT
        'M01' AS indikator, syarat AS kelompok, instansi_kode,
        n - tidak_berlaku AS n, memenuhi AS k, 'M01' AS keluarga, false AS anak
    FROM m01_instansi
    UNION ALL
    SELECT 'M04' AS indikator, jendela AS kelompok, instansi_kode, n_berakhir AS n, n_kurang AS k, 'M04' AS keluarga, jendela <> 'SEMUA' AS anak
    FROM m04_instansi
    UNION ALL
    SELECT 'M07' AS indikator, 'SEMUA' AS kelompok, instansi_kode, n_terpilih AS n, n_peringkat_satu AS k, NULL AS keluarga, false AS anak
    FROM m07_instansi
    UNION ALL
    SELECT
        'M09' AS indikator, 'SEMUA' AS kelompok, instansi_kode,
        count(*) AS n, count(*) FILTER (WHERE kurang_peserta) AS k, NULL AS keluarga, false AS anak
    FROM m09
    GROUP BY instansi_kode
    UNION ALL
    SELECT
        'M10' AS indikator, CAST(tahun AS VARCHAR) AS kelompok, instansi_kode,
        count(*) AS n, count(*) FILTER (WHERE predikat <= parameter('m10.predikat_baik_maks')) AS k,
        concat_ws('/', 'M10', tahun) AS keluarga, false AS anak
    FROM penilaian_tahunan
    GROUP BY instansi_kode, tahun
    UNION ALL
    SELECT
        'M10_TERBAIK' AS indikator, CAST(tahun AS VARCHAR) AS kelompok, instansi_kode,
        count(*) AS n, count(*) FILTER (WHERE predikat = parameter('m10.predikat_terbaik')) AS k,
        concat_ws('/', 'M10', tahun) AS keluarga, false AS anak
    FROM penilaian_tahunan
    GROUP BY instansi_kode, tahun
    UNION ALL
    SELECT
        'M11' AS indikator, 'BERJALAN' AS kelompok, instansi_kode,
        count(*) AS n, count(*) FILTER (WHERE lama) AS k, NULL AS keluarga, false AS anak
    FROM m11_rangkaian
    WHERE sebab = 'BERJALAN'
    GROUP BY instansi_kode
    UNION ALL
    SELECT
        'M12' AS indikator, '12_BULAN' AS kelompok, instansi_kode,
        count(*) AS n, count(*) FILTER (WHERE tanpa_dasar) AS k, NULL AS keluarga, false AS anak
    FROM m12
    WHERE dalam_jendela
    GROUP BY instansi_kode
    UNION ALL
    SELECT 'JABATAN_SESUAI' AS indikator, 'STRUKTURAL' AS kelompok, instansi_kode, n, n_sesuai AS k, 'PNS' AS keluarga, true AS anak
    FROM pejabat_sesuai
    UNION ALL
    SELECT 'DEKLARASI' AS indikator, 'SEMUA' AS kelompok, instansi_kode, n, n_lengkap AS k, NULL AS keluarga, false AS anak
    FROM deklarasi_keluarga
),
bersama AS (
    SELECT
        *,
        coalesce(keluarga, concat_ws('/', indikator, kelompok)) AS keluarga_angka,
        max(k) FILTER (WHERE indikator = 'KEBUTUHAN') OVER seorang AS k_butuh,
        max(k) FILTER (WHERE indikator = 'T03') OVER seorang AS k_kritis
    FROM hitungan
    WHERE n > 0
    WINDOW seorang AS (PARTITION BY keluarga, kelompok, instansi_kode)
)
SELECT
    h.indikator,
    h.kelompok,
    h.instansi_kode,
    h.n,
    h.k,
    CASE WHEN h.indikator = 'KEBUTUHAN' THEN h.k - coalesce(h.k_kritis, 0) ELSE h.k END AS turun,
    CASE
        WHEN h.indikator = 'T03' THEN coalesce(h.k_butuh, h.n) - h.k
        WHEN h.indikator = 'IP_ASN' THEN h.n - h.k - coalesce(t.n, 0)
        WHEN h.keluarga = 'PNS' AND h.anak THEN least(h.n - h.k, coalesce(p.n_dinilai - p.n_sesuai, 0))
        ELSE h.n - h.k
    END AS naik,
    h.keluarga_angka AS keluarga,
    h.anak,
    CASE h.keluarga WHEN 'PNS' THEN 12 WHEN 'M01' THEN 4 ELSE 3 END AS sel
FROM bersama AS h
LEFT JOIN pejabat_sesuai AS p ON p.instansi_kode = h.instansi_kode
LEFT JOIN talenta_instansi AS t ON t.instansi_kode = h.instansi_kode AND t.kotak = 'BELUM_KINERJA'
