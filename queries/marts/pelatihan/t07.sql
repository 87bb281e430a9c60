-- Pemerataan akses pelatihan per instansi, PNS aktif.
-- Menyatakan: Gini jam pelajaran tahun berjalan (0 merata, mendekati 1 menumpuk), dan rata-rata jam perempuan dibagi laki-laki.
-- Tidak menyatakan: sebab perbedaannya. Jenis kelamin tidak pernah menjadi masukan skor siapa pun; ini pemeriksaan kewajaran agregat.
-- Dasar: metode T07; UU 20/2023 (asas tanpa membedakan). Rata-rata dan rasio kosong bila salah satu kelompok lebih kecil dari batas sel; banyaknya orang tetap.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- n: PNS aktif
-- gini: Gini jam pelajaran
-- n_laki: Laki-laki
-- n_perempuan: Perempuan
-- rata_laki: Rata-rata jam laki-laki
-- rata_perempuan: Rata-rata jam perempuan
-- rasio: rata_perempuan dibagi rata_laki
WITH jam AS (
    SELECT t.instansi_kode, t.jp, p.jenis_kelamin
    FROM t01 AS t
    INNER JOIN pegawai_kini AS p ON p.instansi_kode = t.instansi_kode AND p.nip = t.nip
    WHERE t.jenis_asn = 'PNS'
),
hitungan AS (
    SELECT
        instansi_kode,
        count(*) AS n,
        gini(jp) AS gini,
        count(*) FILTER (WHERE jenis_kelamin = 'L') AS n_laki,
        count(*) FILTER (WHERE jenis_kelamin = 'P') AS n_perempuan,
        avg(jp) FILTER (WHERE jenis_kelamin = 'L') AS rata_laki,
        avg(jp) FILTER (WHERE jenis_kelamin = 'P') AS rata_perempuan
    FROM jam
    GROUP BY instansi_kode
)
SELECT
    s.instansi_kode,
    coalesce(h.n, 0) AS n,
    h.gini,
    coalesce(h.n_laki, 0) AS n_laki,
    coalesce(h.n_perempuan, 0) AS n_perempuan,
    CASE WHEN least(h.n_laki, h.n_perempuan) >= parameter('penyajian.sel_min') THEN h.rata_laki END AS rata_laki,
    CASE WHEN least(h.n_laki, h.n_perempuan) >= parameter('penyajian.sel_min') THEN h.rata_perempuan END AS rata_perempuan,
    CASE WHEN least(h.n_laki, h.n_perempuan) >= parameter('penyajian.sel_min') THEN h.rata_perempuan / nullif(h.rata_laki, 0) END AS rasio
FROM instansi_kini AS s
LEFT JOIN hitungan AS h ON h.instansi_kode = s.instansi_kode
ORDER BY s.instansi_kode
