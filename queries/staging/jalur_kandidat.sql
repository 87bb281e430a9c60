-- Peserta seleksi selesai yang terhubung: satu baris per peserta, jalurnya digabung.
-- Menyatakan: jalur dalam urutan PANEL, KEPALA_DAERAH, JPT, dipisah tanda +.
-- Tidak menyatakan: peserta yang tidak terhubung.
-- Dasar: N13.
SELECT
    instansi_kode,
    seleksi_id,
    nip,
    string_agg(jalur, '+' ORDER BY urutan) AS jalur
FROM hubungan_kandidat
GROUP BY instansi_kode, seleksi_id, nip
