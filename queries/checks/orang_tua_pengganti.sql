-- tingkat: PERINGATAN
-- Pasangan nama ayah dan ibu yang dinyatakan terlalu banyak pegawai: isian pengganti, bukan orang; tidak menautkan siapa pun.
-- Dasar: batas dari parameter kerabat.pasangan_orang_tua_maks.
WITH orang_tua AS (
    SELECT a.instansi_kode, a.nip, a.nama AS ayah, i.nama AS ibu
    FROM keluarga_kini AS a
    INNER JOIN keluarga_kini AS i ON i.instansi_kode = a.instansi_kode AND i.nip = a.nip AND i.hubungan = 'IBU'
    WHERE a.hubungan = 'AYAH'
)
SELECT count(DISTINCT nip) AS n_penyata, count(DISTINCT instansi_kode) AS n_instansi, min(instansi_kode) AS instansi_kode
FROM orang_tua
GROUP BY ayah, ibu
HAVING count(DISTINCT nip) > parameter('kerabat.pasangan_orang_tua_maks')
ORDER BY 1 DESC, 3
