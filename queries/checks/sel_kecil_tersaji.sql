-- tingkat: GAGAL
-- Tabel yang dibaca laporan tidak boleh menyebut sel dengan orang kurang dari batasnya: di dalam pemerintahan, dan kepada publik. Nol boleh disebut.
-- Dasar: metode bagian 4 dan 8; batas dari parameter penyajian.sel_min dan penyajian.sel_min_publik.
WITH sel AS (
    SELECT 'bagian_instansi' AS tabel, instansi_kode, concat_ws('/', indikator, kelompok) AS rincian, n, round(n * bagian) AS k, parameter('penyajian.sel_min') AS batas
    FROM bagian_instansi
    UNION ALL
    SELECT 'bagian_provinsi' AS tabel, 'SEMUA' AS instansi_kode, concat_ws('/', indikator, kelompok) AS rincian, n, round(n * bagian) AS k, parameter('penyajian.sel_min') AS batas
    FROM bagian_provinsi
    UNION ALL
    SELECT 'bagian_publik' AS tabel, instansi_kode, concat_ws('/', indikator, kelompok) AS rincian, n, round(n * bagian) AS k, parameter('penyajian.sel_min_publik') AS batas
    FROM bagian_publik
    UNION ALL
    SELECT 'kotak_instansi' AS tabel, instansi_kode, kotak AS rincian, n, NULL AS k, parameter('penyajian.sel_min') AS batas
    FROM kotak_instansi
    UNION ALL
    SELECT 'indikasi_instansi' AS tabel, instansi_kode, indikator AS rincian, n, NULL AS k, parameter('penyajian.sel_min') AS batas
    FROM indikasi_instansi
    UNION ALL
    SELECT 'n13_penyajian' AS tabel, instansi_kode, 'N13' AS rincian, n_seleksi AS n, pemenang_terhubung AS k, parameter('penyajian.sel_min') AS batas
    FROM n13_penyajian
    UNION ALL
    SELECT 'promosi_instansi' AS tabel, instansi_kode, syarat AS rincian, n, memenuhi AS k, parameter('penyajian.sel_min') AS batas
    FROM promosi_instansi
    UNION ALL
    SELECT 'promosi_instansi' AS tabel, instansi_kode, syarat AS rincian, tidak AS n, tanpa_bukti AS k, parameter('penyajian.sel_min') AS batas
    FROM promosi_instansi
    UNION ALL
    SELECT 'rencana_unit' AS tabel, instansi_kode, unor_id AS rincian, n_pns AS n, n_kurang_jp AS k, parameter('penyajian.sel_min') AS batas
    FROM rencana_unit
    UNION ALL
    SELECT 'rencana_unit' AS tabel, instansi_kode, unor_id AS rincian, n_pns AS n, n_tanpa_asesmen AS k, parameter('penyajian.sel_min') AS batas
    FROM rencana_unit
)
SELECT tabel, instansi_kode, rincian
FROM sel
WHERE (n > 0 AND n < batas)
    OR (k > 0 AND k < batas)
    OR (tabel NOT IN ('promosi_instansi') AND n - k > 0 AND n - k < batas)
ORDER BY 1, 2, 3
