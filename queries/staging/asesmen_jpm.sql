-- JPM setiap penilaian kompetensi: satu baris per orang dan tanggal.
-- Menyatakan: rata-rata capaian terhadap standar (dipotong pada 1) kali 100, dua desimal, standar dari baris asesmen itu sendiri.
--   Kompetensi berstandar 0 tidak menuntut apa pun, maka terpenuhi.
-- Tidak menyatakan: JPM kiriman; selisihnya adalah temuan mutu.
-- Dasar: definisi peta talenta (JPM).
SELECT
    instansi_kode,
    nip,
    tanggal,
    bulatkan(
        100 * avg(CASE WHEN level_capaian >= level_standar THEN 1.0 ELSE CAST(level_capaian AS DOUBLE) / CAST(level_standar AS DOUBLE) END),
        2
    ) AS jpm
FROM asesmen_kini
GROUP BY instansi_kode, nip, tanggal
