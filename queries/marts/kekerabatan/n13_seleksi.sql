-- Keterhubungan finalis setiap seleksi yang sudah selesai.
-- Menyatakan: p = bagian finalis yang terhubung; dihitung = seleksi yang ikut N13 (ada finalis terhubung dan tidak, pemenangnya finalis).
-- Tidak menyatakan: bahwa pemenang terpilih karena hubungannya.
-- Dasar: metode N13; finalis menurut tiga nama yang diajukan kepada PPK.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat)
-- seleksi_id: Kode seleksi
-- n_finalis: Finalis
-- n_terhubung: Finalis terhubung
-- p: Bagian finalis yang terhubung
-- pemenang_terhubung: Pemenangnya terhubung
-- jalur: Jalur hubungan pemenang
-- dihitung: Ikut dihitung pada N13
WITH finalis AS (
    SELECT k.instansi_kode, k.seleksi_id, count(*) AS n_finalis, count(j.nip) AS n_terhubung
    FROM seleksi_kandidat_kini AS k
    LEFT JOIN jalur_kandidat AS j ON j.instansi_kode = k.instansi_kode AND j.seleksi_id = k.seleksi_id AND j.nip = k.nip
    WHERE k.peringkat <= parameter('seleksi.finalis_peringkat_maks')
    GROUP BY k.instansi_kode, k.seleksi_id
)
SELECT
    s.instansi_kode,
    s.seleksi_id,
    coalesce(f.n_finalis, 0) AS n_finalis,
    coalesce(f.n_terhubung, 0) AS n_terhubung,
    CAST(f.n_terhubung AS DOUBLE) / f.n_finalis AS p,
    CASE WHEN p.nip IS NOT NULL THEN j.nip IS NOT NULL END AS pemenang_terhubung,
    j.jalur,
    coalesce(
        f.n_terhubung >= 1 AND f.n_terhubung < f.n_finalis AND p.peringkat <= parameter('seleksi.finalis_peringkat_maks'),
        false
    ) AS dihitung
FROM seleksi_kini AS s
LEFT JOIN finalis AS f ON f.instansi_kode = s.instansi_kode AND f.seleksi_id = s.seleksi_id
LEFT JOIN pemenang_seleksi AS p ON p.instansi_kode = s.instansi_kode AND p.seleksi_id = s.seleksi_id
LEFT JOIN jalur_kandidat AS j ON j.instansi_kode = p.instansi_kode AND j.seleksi_id = p.seleksi_id AND j.nip = p.nip
WHERE s.selesai
ORDER BY s.instansi_kode, s.seleksi_id
