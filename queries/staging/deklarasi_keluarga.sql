-- Pegawai aktif per instansi, dan yang menyatakan ayah dan ibunya.
-- Menyatakan: kelengkapan pernyataan; kekerabatan hanya terlihat sejauh pernyataannya ada.
-- Tidak menyatakan: kebenaran pernyataan, apalagi penyembunyian.
-- Dasar: kartu komitmen (deklarasi keluarga lengkap).
WITH orang_tua_dinyatakan AS (
    SELECT instansi_kode, nip
    FROM keluarga_kini
    WHERE hubungan IN ('AYAH', 'IBU')
    GROUP BY instansi_kode, nip
    HAVING bool_or(hubungan = 'AYAH') AND bool_or(hubungan = 'IBU')
)
SELECT p.instansi_kode, count(*) AS n, count(o.nip) AS n_lengkap
FROM pegawai_kini AS p
LEFT JOIN orang_tua_dinyatakan AS o ON o.instansi_kode = p.instansi_kode AND o.nip = p.nip
WHERE p.aktif
GROUP BY p.instansi_kode
