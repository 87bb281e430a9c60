-- Uji promosi setahun terakhir per instansi dan syarat.
-- Menyatakan: banyaknya promosi yang memenuhi, tidak memenuhi, tanpa bukti, dan yang syaratnya tidak berlaku; hasil = penilaian keseluruhan.
-- Tidak menyatakan: bahwa tanpa bukti berarti tidak memenuhi.
-- Dasar: M01; jendela setahun terakhir menurut tmt.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- syarat: pendidikan, masa_kerja, usia, kinerja, kompetensi, atau hasil
-- n: Promosi setahun terakhir
-- memenuhi: Memenuhi syarat
-- tidak: Tidak memenuhi syarat
-- tanpa_bukti: Buktinya tidak ada dalam data
-- tidak_berlaku: Syaratnya tidak berlaku
WITH keadaan_promosi AS (
    SELECT instansi_kode, 'pendidikan' AS syarat, pendidikan AS keadaan FROM m01 WHERE dalam_jendela
    UNION ALL
    SELECT instansi_kode, 'masa_kerja' AS syarat, masa_kerja AS keadaan FROM m01 WHERE dalam_jendela
    UNION ALL
    SELECT instansi_kode, 'usia' AS syarat, usia AS keadaan FROM m01 WHERE dalam_jendela
    UNION ALL
    SELECT instansi_kode, 'kinerja' AS syarat, kinerja AS keadaan FROM m01 WHERE dalam_jendela
    UNION ALL
    SELECT instansi_kode, 'kompetensi' AS syarat, kompetensi AS keadaan FROM m01 WHERE dalam_jendela
    UNION ALL
    SELECT instansi_kode, 'hasil' AS syarat, hasil AS keadaan FROM m01 WHERE dalam_jendela
)
SELECT
    s.instansi_kode,
    y.syarat,
    count(k.keadaan) AS n,
    count(*) FILTER (WHERE k.keadaan = 'MEMENUHI') AS memenuhi,
    count(*) FILTER (WHERE k.keadaan = 'TIDAK') AS tidak,
    count(*) FILTER (WHERE k.keadaan = 'TANPA_BUKTI') AS tanpa_bukti,
    count(*) FILTER (WHERE k.keadaan = 'TIDAK_BERLAKU') AS tidak_berlaku
FROM instansi_kini AS s
CROSS JOIN (VALUES ('pendidikan'), ('masa_kerja'), ('usia'), ('kinerja'), ('kompetensi'), ('hasil')) AS y (syarat)
LEFT JOIN keadaan_promosi AS k ON k.instansi_kode = s.instansi_kode AND k.syarat = y.syarat
GROUP BY s.instansi_kode, y.syarat
ORDER BY s.instansi_kode, y.syarat
