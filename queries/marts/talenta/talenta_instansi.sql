-- Banyaknya PNS aktif per kotak talenta dan yang belum dipetakan, per instansi.
-- Menyatakan: setiap kotak 1 sampai 9, BELUM_ASESMEN, dan BELUM_KINERJA, termasuk yang nol.
-- Tidak menyatakan: perbandingan mutu antar-instansi; isi kotak bergantung pada cakupan asesmen.
-- Dasar: PermenPANRB 3/2020.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- kotak: Kotak 1 sampai 9, BELUM_ASESMEN, atau BELUM_KINERJA
-- n: Banyaknya PNS aktif
WITH golongan_peta AS (
    SELECT CAST(kotak AS VARCHAR) AS kotak FROM kotak_talenta
    UNION ALL
    SELECT 'BELUM_ASESMEN' AS kotak
    UNION ALL
    SELECT 'BELUM_KINERJA' AS kotak
),
isi AS (
    SELECT
        instansi_kode,
        CASE WHEN status = 'DIPETAKAN' THEN CAST(kotak AS VARCHAR) ELSE status END AS kotak,
        count(*) AS n
    FROM talenta
    GROUP BY 1, 2
)
SELECT
    s.instansi_kode,
    g.kotak,
    coalesce(i.n, 0) AS n
FROM instansi_kini AS s
CROSS JOIN golongan_peta AS g
LEFT JOIN isi AS i ON i.instansi_kode = s.instansi_kode AND i.kotak = g.kotak
ORDER BY s.instansi_kode, g.kotak
