-- Nilai dari anggota panitia yang berkerabat dengan peserta, dibandingkan dengan anggota lain dan dengan peserta lain.
-- Menyatakan: selisih = kelebihan nilai anggota itu atas rata-rata anggota lain bagi peserta itu, dikurangi kelebihan yang sama bagi peserta lain.
-- Tidak menyatakan: sebab selisihnya. Tanpa nilai per anggota, atau tanpa pembanding, tidak ada barisnya.
-- Dasar: metode N03 (beda ganda).
WITH nilai_anggota AS (
    SELECT instansi_kode, seleksi_id, nip, panelis_id, CAST(sum(nilai) AS DOUBLE) / count(nilai) AS nilai
    FROM seleksi_nilai_kini
    WHERE panelis_id IS NOT NULL
    GROUP BY instansi_kode, seleksi_id, nip, panelis_id
),
terhadap_lain AS (
    SELECT
        instansi_kode, seleksi_id, nip, panelis_id, nilai,
        (sum(nilai) OVER peserta_sama - nilai) / nullif(count(*) OVER peserta_sama - 1, 0) AS nilai_lain
    FROM nilai_anggota
    WINDOW peserta_sama AS (PARTITION BY instansi_kode, seleksi_id, nip)
),
kelebihan AS (
    SELECT
        instansi_kode, seleksi_id, nip, panelis_id, nilai, nilai_lain,
        nilai - nilai_lain AS lebih,
        (sum(nilai - nilai_lain) OVER anggota_sama - (nilai - nilai_lain)) / nullif(count(*) OVER anggota_sama - 1, 0) AS lebih_peserta_lain
    FROM terhadap_lain
    WHERE nilai_lain IS NOT NULL
    WINDOW anggota_sama AS (PARTITION BY instansi_kode, seleksi_id, panelis_id)
)
SELECT
    k.instansi_kode,
    k.seleksi_id,
    k.nip,
    k.panelis_id,
    k.nilai,
    k.nilai_lain,
    round(k.lebih - k.lebih_peserta_lain, 6) AS selisih
FROM kelebihan AS k
INNER JOIN n03 AS n
    ON n.instansi_kode = k.instansi_kode AND n.seleksi_id = k.seleksi_id AND n.nip = k.nip AND n.panelis_id = k.panelis_id
WHERE k.lebih_peserta_lain IS NOT NULL
