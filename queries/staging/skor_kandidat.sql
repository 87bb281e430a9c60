-- Skor akhir setiap peserta seleksi.
-- Menyatakan: rata-rata nilai panelis per tahap, lalu rata-rata berbobot atas tahap yang dimiliki peserta itu.
-- Tidak menyatakan: nilai tahap yang tidak dikirim; tahap itu keluar dari bobot, bukan dihitung nol.
-- Dasar: M07.
WITH nilai_tahap AS (
    SELECT n.instansi_kode, n.seleksi_id, n.nip, n.tahap, avg(n.nilai) AS nilai, avg(n.bobot) AS bobot
    FROM seleksi_nilai_kini AS n
    GROUP BY n.instansi_kode, n.seleksi_id, n.nip, n.tahap
)
SELECT
    t.instansi_kode,
    t.seleksi_id,
    t.nip,
    sum(t.bobot * t.nilai) / nullif(sum(t.bobot), 0) AS skor
FROM nilai_tahap AS t
INNER JOIN seleksi_kandidat_kini AS k ON k.instansi_kode = t.instansi_kode AND k.seleksi_id = t.seleksi_id AND k.nip = t.nip
GROUP BY t.instansi_kode, t.seleksi_id, t.nip
