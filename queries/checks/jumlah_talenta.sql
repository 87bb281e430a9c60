-- tingkat: GAGAL
-- Peta talenta harus memuat tepat setiap PNS aktif satu kali, dan hitungan per kotak harus sama dengan jumlah orangnya.
-- Dasar: jumlah di antara tingkat harus sama.
WITH pns_aktif AS (
    SELECT instansi_kode, count(*) AS n
    FROM pegawai_kini
    WHERE aktif AND jenis_asn = 'PNS'
    GROUP BY instansi_kode
),
perorangan AS (
    SELECT instansi_kode, count(*) AS n
    FROM talenta
    GROUP BY instansi_kode
),
per_kotak AS (
    SELECT instansi_kode, sum(n) AS n
    FROM talenta_instansi
    GROUP BY instansi_kode
)
SELECT k.instansi_kode, k.n AS n_kotak, coalesce(o.n, 0) AS n_perorangan, coalesce(p.n, 0) AS n_pns_aktif
FROM per_kotak AS k
LEFT JOIN perorangan AS o ON o.instansi_kode = k.instansi_kode
LEFT JOIN pns_aktif AS p ON p.instansi_kode = k.instansi_kode
WHERE k.n <> coalesce(o.n, 0) OR k.n <> coalesce(p.n, 0)
ORDER BY k.instansi_kode
