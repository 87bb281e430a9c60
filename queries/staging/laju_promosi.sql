-- Laju promosi perempuan dan laki-laki setahun terakhir, per instansi dan SEMUA, sebelum disajikan.
-- Menyatakan: hitungan yang sebenarnya, rasio, dan uji Mantel-Haenszel berlapis instansi dan jenjang awal; cukup = promosi tiap kelompok mencapai batas.
-- Tidak menyatakan: angka yang boleh dibaca orang. Jenis kelamin tidak pernah menjadi masukan skor siapa pun.
-- Dasar: metode M06 dan bagian 8.
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
)
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
