-- Skor akhir setiap peserta seleksi.
-- Menyatakan: rata-rata nilai panelis per tahap, lalu rata-rata berbobot atas tahap yang dimiliki peserta itu.
--   Dijumlahkan sebagai desimal, agar angka terakhirnya tidak bergantung pada urutan baris.
-- Tidak menyatakan: nilai tahap yang tidak dikirim; tahap itu keluar dari bobot, bukan dihitung nol.
-- Dasar: M07.
WITH nilai_tahap AS (
    SELECT
        n.instansi_kode, n.seleksi_id, n.nip, n.tahap,
        CAST(sum(n.nilai) AS DOUBLE) / count(n.nilai) AS nilai,
        CAST(sum(n.bobot) AS DOUBLE) / count(n.bobot) AS bobot
    FROM seleksi_nilai_kini AS n
    GROUP BY n.instansi_kode, n.seleksi_id, n.nip, n.tahap
)
SELECT
    t.instansi_kode,
    t.seleksi_id,
    t.nip,
    CAST(sum(CAST(t.bobot * t.nilai AS DECIMAL(38, 12))) AS DOUBLE)
        / nullif(CAST(sum(CAST(t.bobot AS DECIMAL(38, 12))) AS DOUBLE), 0) AS skor
FROM nilai_tahap AS t
INNER JOIN seleksi_kandidat_kini AS k ON k.instansi_kode = t.instansi_kode AND k.seleksi_id = t.seleksi_id AND k.nip = t.nip
GROUP BY t.instansi_kode, t.seleksi_id, t.nip
