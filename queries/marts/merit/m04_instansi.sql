-- Masa jabatan JPT yang berakhir sebelum dua tahun, per instansi: semua, dan yang berakhir setahun terakhir.
-- Menyatakan: bagian masa jabatan yang lebih singkat dari batas, di antara yang sudah berakhir.
-- Tidak menyatakan: bahwa pergantian itu tanpa alasan.
-- Dasar: M04.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- jendela: SEMUA atau 12_BULAN
-- n_berakhir: Masa jabatan yang berakhir
-- n_kurang: Yang lebih singkat dari batas
-- bagian: n_kurang dibagi n_berakhir
WITH berakhir AS (
    SELECT instansi_kode, 'SEMUA' AS jendela, kurang FROM m04
    UNION ALL
    SELECT instansi_kode, '12_BULAN' AS jendela, kurang FROM m04 WHERE dalam_jendela
),
hitungan AS (
    SELECT instansi_kode, jendela, count(*) AS n_berakhir, count(*) FILTER (WHERE kurang) AS n_kurang
    FROM berakhir
    GROUP BY instansi_kode, jendela
)
SELECT
    s.instansi_kode,
    j.jendela,
    coalesce(h.n_berakhir, 0) AS n_berakhir,
    coalesce(h.n_kurang, 0) AS n_kurang,
    CAST(h.n_kurang AS DOUBLE) / h.n_berakhir AS bagian
FROM instansi_kini AS s
CROSS JOIN (VALUES ('SEMUA'), ('12_BULAN')) AS j (jendela)
LEFT JOIN hitungan AS h ON h.instansi_kode = s.instansi_kode AND h.jendela = j.jendela
ORDER BY s.instansi_kode, j.jendela
