-- IP ASN menurut dimensinya, beserta nilai tertinggi yang mungkin: dimensi mana yang paling banyak kurangnya.
-- Menyatakan: rata-rata poin setiap dimensi seperti pada indeks_instansi; maksimum menurut tabel poin yang berlaku.
-- Tidak menyatakan: bahwa maksimum itu dapat dicapai setiap orang; poin kualifikasi mengikuti ijazah.
-- Dasar: Peraturan BKN 8/2019; tabel poin pada parameter ip_asn.varian.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- dimensi: kualifikasi, kompetensi, kinerja, disiplin; atau kinerja_disiplin bila keduanya tidak boleh disebut sendiri-sendiri
-- nilai: Rata-rata poin; kosong bila tidak boleh disebut
-- maksimum: Poin tertinggi dimensi itu
-- n: Populasi yang diukur
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
WITH unsur_kompetensi AS (
    SELECT kelompok, sum(poin) AS poin
    FROM ip_asn_kompetensi
    WHERE varian = parameter_teks('ip_asn.varian')
    GROUP BY kelompok
),
tertinggi AS (
    SELECT
        CAST((SELECT max(poin_ip_asn) FROM pendidikan) AS DOUBLE) AS kualifikasi,
        CAST((SELECT max(poin) FROM unsur_kompetensi) AS DOUBLE) AS kompetensi,
        CAST((SELECT max(poin) FROM ip_asn_kinerja WHERE varian = parameter_teks('ip_asn.varian')) AS DOUBLE) AS kinerja,
        CAST((SELECT max(poin) FROM ip_asn_disiplin WHERE varian = parameter_teks('ip_asn.varian')) AS DOUBLE) AS disiplin
),
maksimum AS (
    SELECT 'kualifikasi' AS dimensi, kualifikasi AS maksimum FROM tertinggi
    UNION ALL
    SELECT 'kompetensi' AS dimensi, kompetensi AS maksimum FROM tertinggi
    UNION ALL
    SELECT 'kinerja' AS dimensi, kinerja AS maksimum FROM tertinggi
    UNION ALL
    SELECT 'disiplin' AS dimensi, disiplin AS maksimum FROM tertinggi
    UNION ALL
    SELECT 'kinerja_disiplin' AS dimensi, kinerja + disiplin AS maksimum FROM tertinggi
),
setiap_dimensi AS (
    SELECT
        i.instansi_kode,
        m.dimensi,
        CASE m.dimensi
            WHEN 'kualifikasi' THEN i.kualifikasi
            WHEN 'kompetensi' THEN i.kompetensi
            WHEN 'kinerja' THEN i.kinerja
            WHEN 'disiplin' THEN i.disiplin
            ELSE i.indeks - i.kualifikasi - i.kompetensi
        END AS nilai,
        m.maksimum,
        i.n,
        i.status,
        i.kualifikasi IS NOT NULL AND i.disiplin IS NULL AS digabung
    FROM indeks_instansi AS i
    CROSS JOIN maksimum AS m
)
SELECT instansi_kode, dimensi, nilai, maksimum, n, status
FROM setiap_dimensi
WHERE
    dimensi IN ('kualifikasi', 'kompetensi')
    OR (dimensi = 'kinerja_disiplin' AND digabung)
    OR (dimensi IN ('kinerja', 'disiplin') AND NOT digabung)
ORDER BY instansi_kode, dimensi
