-- tingkat: PERINGATAN
-- JPM kiriman berbeda dari JPM yang dihitung dari tingkat capaian dan standarnya. JPM kiriman tidak pernah dipakai.
-- Dasar: peta talenta (JPM); selisih yang dibiarkan dari parameter mutu.jpm_selisih_maks.
SELECT a.instansi_kode, a.nip, a.tanggal, max(a.jpm_kiriman) AS jpm_kiriman, max(j.jpm) AS jpm_hitungan
FROM asesmen_kini AS a
INNER JOIN asesmen_jpm AS j ON j.instansi_kode = a.instansi_kode AND j.nip = a.nip AND j.tanggal = a.tanggal
WHERE round(abs(a.jpm_kiriman - j.jpm), 6) > parameter('mutu.jpm_selisih_maks')
GROUP BY a.instansi_kode, a.nip, a.tanggal
ORDER BY a.instansi_kode, a.nip, a.tanggal
