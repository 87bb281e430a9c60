-- tingkat: GAGAL
-- IP ASN per instansi harus mencakup tepat orang yang ada pada IP ASN perorangan, dan indeksnya rata-rata mereka.
-- Dasar: jumlah di antara tingkat harus sama.
WITH perorangan AS (
    SELECT instansi_kode, count(*) AS n, avg(total) AS indeks
    FROM ip_asn
    GROUP BY instansi_kode
)
SELECT s.instansi_kode, s.n, coalesce(p.n, 0) AS n_perorangan, s.indeks, p.indeks AS indeks_perorangan
FROM ip_asn_instansi AS s
FULL OUTER JOIN perorangan AS p ON p.instansi_kode = s.instansi_kode
WHERE s.instansi_kode IS NULL
    OR s.n <> coalesce(p.n, 0)
    OR round(s.indeks - p.indeks, 6) <> 0
    OR s.n_pns_aktif < 0
ORDER BY 1
