-- tingkat: PERINGATAN
-- Pasangan nama ayah dan ibu yang dinyatakan terlalu banyak pegawai: isian pengganti, bukan orang; tidak menautkan siapa pun.
-- Dasar: batas dari parameter kerabat.pasangan_orang_tua_maks.
WITH orang_tua AS (
    SELECT DISTINCT a.instansi_kode, a.nip, a.nama AS ayah, i.nama AS ibu
    FROM keluarga_kini AS a
    INNER JOIN keluarga_kini AS i ON i.instansi_kode = a.instansi_kode AND i.nip = a.nip AND i.hubungan = 'IBU'
    WHERE a.hubungan = 'AYAH'
),
penyata AS (
    SELECT DISTINCT nip, ayah, ibu FROM orang_tua
),
pengganti AS (
    SELECT ayah, ibu, count(*) AS n_penyata
    FROM penyata
    GROUP BY ayah, ibu
    HAVING count(*) > parameter('kerabat.pasangan_orang_tua_maks')
)
SELECT max(g.n_penyata) AS n_penyata, count(DISTINCT o.instansi_kode) AS n_instansi, min(o.instansi_kode) AS instansi_kode
FROM pengganti AS g
INNER JOIN orang_tua AS o ON o.ayah = g.ayah AND o.ibu = g.ibu
GROUP BY g.ayah, g.ibu
ORDER BY 1 DESC, 3
