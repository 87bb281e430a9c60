-- Rasio laju promosi perempuan terhadap laki-laki setahun terakhir, per instansi dan SEMUA.
-- Menyatakan: laju = yang dipromosikan di antara pegawai yang masih aktif dan jenjangnya tercatat pada awal jendela; z = uji Mantel-Haenszel berlapis
--   instansi dan jenjang awal. Ditelaah hanya bila rasionya di bawah batas dan ujinya bermakna, keduanya.
-- Tidak menyatakan: diskriminasi; dengan sedikit promosi rasio tidak dapat dinilai. Jenis kelamin tidak pernah menjadi masukan skor siapa pun.
-- Dasar: kaidah empat perlima (1978) sebagai penyaring; UU 20/2023; metode M06 dan bagian 8.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_perempuan: Perempuan yang masih aktif, menurut jenjangnya pada awal jendela
-- naik_perempuan: Perempuan yang dipromosikan
-- n_laki: Laki-laki yang masih aktif, menurut jenjangnya pada awal jendela
-- naik_laki: Laki-laki yang dipromosikan
-- rasio: Laju perempuan dibagi laju laki-laki
-- z: Uji Mantel-Haenszel berlapis
-- ditelaah: Rasio rendah dan bermakna
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
WITH promosi AS (
    SELECT DISTINCT instansi_kode, nip
    FROM m01
    WHERE dalam_jendela
),
jenjang_awal AS (
    SELECT d.instansi_kode, d.nip, d.jenjang
    FROM jabatan_definitif AS d
    CROSS JOIN jendela AS w
    WHERE d.tmt_jabatan <= w.setahun_sesudah AND coalesce(d.tmt_berikut > w.setahun_sesudah, true)
),
lapisan_instansi AS (
    SELECT
        a.instansi_kode,
        a.jenjang,
        CAST(count(*) FILTER (WHERE g.jenis_kelamin = 'P' AND p.nip IS NOT NULL) AS DOUBLE) AS perempuan_naik,
        CAST(count(*) FILTER (WHERE g.jenis_kelamin = 'P') AS DOUBLE) AS perempuan,
        CAST(count(*) FILTER (WHERE g.jenis_kelamin = 'L' AND p.nip IS NOT NULL) AS DOUBLE) AS laki_naik,
        CAST(count(*) FILTER (WHERE g.jenis_kelamin = 'L') AS DOUBLE) AS laki
    FROM jenjang_awal AS a
    INNER JOIN pegawai_kini AS g ON g.instansi_kode = a.instansi_kode AND g.nip = a.nip
    LEFT JOIN promosi AS p ON p.instansi_kode = a.instansi_kode AND p.nip = a.nip
    WHERE g.aktif
    GROUP BY a.instansi_kode, a.jenjang
),
lapisan AS (
    SELECT instansi_kode AS unit, perempuan_naik, perempuan, laki_naik, laki FROM lapisan_instansi
    UNION ALL
    SELECT 'SEMUA' AS unit, perempuan_naik, perempuan, laki_naik, laki FROM lapisan_instansi
),
jumlah AS (
    SELECT
        unit,
        sum(perempuan) AS n_perempuan,
        sum(perempuan_naik) AS naik_perempuan,
        sum(laki) AS n_laki,
        sum(laki_naik) AS naik_laki,
        sum(perempuan_naik - perempuan * (perempuan_naik + laki_naik) / nullif(perempuan + laki, 0)) AS selisih_harapan,
        sum(
            perempuan * laki * (perempuan_naik + laki_naik) * (perempuan + laki - perempuan_naik - laki_naik)
            / nullif(power(perempuan + laki, 2) * (perempuan + laki - 1), 0)
        ) AS ragam
    FROM lapisan
    GROUP BY unit
),
ukuran AS (
    SELECT
        unit AS instansi_kode,
        CAST(n_perempuan AS BIGINT) AS n_perempuan,
        CAST(naik_perempuan AS BIGINT) AS naik_perempuan,
        CAST(n_laki AS BIGINT) AS n_laki,
        CAST(naik_laki AS BIGINT) AS naik_laki,
        (naik_perempuan / nullif(n_perempuan, 0)) / nullif(naik_laki / nullif(n_laki, 0), 0) AS rasio,
        round(greatest(abs(selisih_harapan) - 0.5, 0) / nullif(sqrt(ragam), 0), 6) AS z,
        least(naik_perempuan, naik_laki) >= parameter('m06.promosi_min') AS cukup
    FROM jumlah
)
SELECT
    instansi_kode,
    n_perempuan,
    CASE WHEN cukup THEN naik_perempuan END AS naik_perempuan,
    n_laki,
    CASE WHEN cukup THEN naik_laki END AS naik_laki,
    CASE WHEN cukup THEN rasio END AS rasio,
    CASE WHEN cukup THEN z END AS z,
    CASE WHEN cukup THEN coalesce(rasio < parameter('m06.rasio_min') AND z >= parameter('m06.z_min'), false) END AS ditelaah,
    CASE WHEN cukup THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status
FROM ukuran
ORDER BY instansi_kode
