-- Pemenang terhubung dalam seleksi terbuka dibandingkan dengan peluang setara, per instansi dan SEMUA.
-- Menyatakan: pemenang_terhubung terhadap harapannya, dan p_ekor = peluang sebanyak itu atau lebih bila setiap finalis berpeluang sama.
-- Tidak menyatakan: apa pun tentang satu seleksi atau satu orang. Dengan sedikit seleksi hampir tidak ada yang dapat terdeteksi.
-- Dasar: ekor Poisson-binomial yang tepat, bersyarat pada finalis (Bagues & Esteve-Volart 2008).
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_seleksi: Seleksi yang dihitung
-- pemenang_terhubung: Dimenangi finalis terhubung
-- harapan: Yang diharapkan bila peluang finalis setara
-- p_ekor: Peluang sebanyak itu atau lebih
WITH dihitung AS (
    SELECT instansi_kode, p, pemenang_terhubung FROM n13_seleksi WHERE dihitung
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode, p, pemenang_terhubung FROM n13_seleksi WHERE dihitung
),
hitungan AS (
    SELECT
        instansi_kode,
        count(*) AS n_seleksi,
        count(*) FILTER (WHERE pemenang_terhubung) AS pemenang_terhubung,
        CAST(sum(CAST(p AS DECIMAL(38, 12))) AS DOUBLE) AS harapan,
        array_agg(p) AS peluang
    FROM dihitung
    GROUP BY instansi_kode
),
unit AS (
    SELECT instansi_kode FROM instansi_kini
    UNION ALL
    SELECT 'SEMUA' AS instansi_kode
)
SELECT
    u.instansi_kode,
    coalesce(h.n_seleksi, 0) AS n_seleksi,
    coalesce(h.pemenang_terhubung, 0) AS pemenang_terhubung,
    coalesce(h.harapan, 0.0) AS harapan,
    poisson_binomial_ekor(h.peluang, h.pemenang_terhubung) AS p_ekor
FROM unit AS u
LEFT JOIN hitungan AS h ON h.instansi_kode = u.instansi_kode
ORDER BY u.instansi_kode
