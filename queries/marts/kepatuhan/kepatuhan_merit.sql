-- Penilaian mandiri sistem merit tahun terakhir setiap instansi, per aspek dan SEMUA.
-- Menyatakan: rata-rata skor (0 sampai 4) menurut instansi dan menurut penilai, indikator yang belum diverifikasi, dan yang tanpa bukti dukung.
-- Tidak menyatakan: indeks atau kategori; bobot aspek dan batas kategorinya belum ditemukan pada peraturan.
-- Dasar: PermenPANRB 19/2025 (delapan aspek).
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- aspek: Nomor aspek, atau SEMUA
-- nama: Nama aspek
-- tahun: Tahun penilaian terakhir sampai tahun laporan
-- instrumen: Instrumen penilaian
-- n_indikator: Indikator yang dinilai
-- n_terverifikasi: Indikator yang sudah diverifikasi
-- n_tanpa_bukti: Indikator tanpa bukti dukung
-- skor_mandiri: Rata-rata skor menurut instansi
-- skor_verifikasi: Rata-rata skor menurut penilai, hanya indikator yang diverifikasi
WITH terbaru AS (
    SELECT t.instansi_kode, t.tahun, t.instrumen, coalesce(t.aspek, '') AS aspek, t.skor_mandiri, t.skor_verifikasi, t.bukti
    FROM merit_indikator AS t
    INNER JOIN kiriman_berlaku AS k
        ON k.dataset = 'merit_indikator' AND k.instansi_kode = t.instansi_kode
        AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
    CROSS JOIN jendela AS w
    WHERE t.tahun <= w.tahun_acuan
    QUALIFY rank() OVER (PARTITION BY t.instansi_kode ORDER BY t.tahun DESC, t.instrumen) = 1
),
bertingkat AS (
    SELECT * FROM terbaru
    UNION ALL
    SELECT instansi_kode, tahun, instrumen, 'SEMUA' AS aspek, skor_mandiri, skor_verifikasi, bukti FROM terbaru
)
SELECT
    b.instansi_kode,
    b.aspek,
    max(a.nama) AS nama,
    CAST(b.tahun AS BIGINT) AS tahun,
    b.instrumen,
    count(*) AS n_indikator,
    count(b.skor_verifikasi) AS n_terverifikasi,
    count(*) FILTER (WHERE b.bukti IS NULL) AS n_tanpa_bukti,
    CAST(sum(b.skor_mandiri) AS DOUBLE) / nullif(count(b.skor_mandiri), 0) AS skor_mandiri,
    CAST(sum(b.skor_verifikasi) AS DOUBLE) / nullif(count(b.skor_verifikasi), 0) AS skor_verifikasi
FROM bertingkat AS b
LEFT JOIN merit_aspek AS a ON a.instrumen = b.instrumen AND a.aspek_kode = b.aspek
GROUP BY b.instansi_kode, b.aspek, b.tahun, b.instrumen
ORDER BY b.instansi_kode, b.aspek
