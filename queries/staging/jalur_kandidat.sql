-- Peserta seleksi selesai yang terhubung: satu baris per peserta, jalurnya digabung.
-- Menyatakan: jalur dalam urutan PANEL, KEPALA_DAERAH, JPT, dipisah tanda +.
-- Tidak menyatakan: peserta yang tidak terhubung.
-- Dasar: N13.
WITH jalur_peserta AS (
    SELECT DISTINCT instansi_kode, seleksi_id, nip, urutan, jalur FROM hubungan_kandidat
)
SELECT
    instansi_kode,
    seleksi_id,
    nip,
    string_agg(jalur, '+' ORDER BY urutan) AS jalur
FROM jalur_peserta
GROUP BY instansi_kode, seleksi_id, nip
