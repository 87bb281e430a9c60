-- tingkat: GAGAL
-- Jam pelajaran dan kekurangannya tidak boleh negatif; bagian harus antara 0 dan 1.
-- Dasar: definisi T01.
SELECT instansi_kode, nip, jp, kekurangan, CAST(NULL AS DOUBLE) AS bagian
FROM t01
WHERE jp < 0 OR kekurangan < 0 OR (jenis_asn <> 'PNS' AND kekurangan > 0)
UNION ALL
SELECT instansi_kode, NULL AS nip, NULL AS jp, NULL AS kekurangan, bagian
FROM t01_instansi
WHERE bagian < 0 OR bagian > 1
ORDER BY 1, 2
