-- Angka terkini setiap indikator yang dapat dijanjikan kepala daerah: satu baris per (instansi, indikator).
-- Menyatakan: angka dari tabel hasil yang sama dengan yang dilaporkan; persen, kecuali hitungan dan indeks merit (0 sampai 4).
--   Bagian atas penyebut kosong tidak punya angka.
-- Tidak menyatakan: ketercapaian janji; lihat kartu_komitmen.
-- Dasar: kartu komitmen; definisi indikator masing-masing.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- indikator: Indikator yang dapat dijanjikan
-- nilai: Angka terkini
WITH plt_berjalan AS (
    SELECT instansi_kode, count(*) AS n
    FROM m11_rangkaian
    WHERE lama AND sebab = 'BERJALAN'
    GROUP BY instansi_kode
),
rantai_kerabat AS (
    SELECT instansi_kode, count(*) AS n
    FROM n01
    GROUP BY instansi_kode
),
predikat_terbaru AS (
    SELECT n.instansi_kode, n.tahun, count(*) AS n, count(*) FILTER (WHERE n.predikat = parameter('m10.predikat_terbaik')) AS n_terbaik
    FROM penilaian_tahunan AS n
    GROUP BY n.instansi_kode, n.tahun
    QUALIFY row_number() OVER (PARTITION BY n.instansi_kode ORDER BY n.tahun DESC) = 1
),
merit_tahunan AS (
    SELECT instansi_kode, tahun, CAST(sum(bobot * skor) AS DOUBLE) / nullif(CAST(sum(bobot) AS DOUBLE), 0) AS indeks
    FROM merit_indikator_kini
    WHERE skor IS NOT NULL
    GROUP BY instansi_kode, tahun
    QUALIFY row_number() OVER (PARTITION BY instansi_kode ORDER BY tahun DESC) = 1
)
SELECT instansi_kode, 'proporsi_jabatan_terisi_sesuai_kompetensi' AS indikator, 100.0 * n_sesuai / n AS nilai
FROM pejabat_sesuai
UNION ALL
SELECT instansi_kode, 'asn_minimal_20_jp' AS indikator, 100 * bagian AS nilai
FROM t01_instansi
UNION ALL
SELECT instansi_kode, 'asesmen_berlaku_pejabat' AS indikator, 100 * (1 - bagian) AS nilai
FROM t09
WHERE kelompok = 'STRUKTURAL'
UNION ALL
SELECT i.instansi_kode, 'plt_lebih_6_bulan' AS indikator, CAST(coalesce(b.n, 0) AS DOUBLE) AS nilai
FROM instansi_kini AS i
LEFT JOIN plt_berjalan AS b ON b.instansi_kode = i.instansi_kode
UNION ALL
SELECT i.instansi_kode, 'kerabat_dalam_rantai_komando' AS indikator, CAST(coalesce(r.n, 0) AS DOUBLE) AS nilai
FROM instansi_kini AS i
LEFT JOIN rantai_kerabat AS r ON r.instansi_kode = i.instansi_kode
UNION ALL
SELECT instansi_kode, 'predikat_sangat_baik' AS indikator, 100.0 * n_terbaik / n AS nilai
FROM predikat_terbaru
UNION ALL
SELECT instansi_kode, 'indeks_merit' AS indikator, indeks AS nilai
FROM merit_tahunan
UNION ALL
SELECT instansi_kode, 'deklarasi_keluarga_lengkap' AS indikator, 100.0 * n_lengkap / n AS nilai
FROM deklarasi_keluarga
ORDER BY instansi_kode, indikator
