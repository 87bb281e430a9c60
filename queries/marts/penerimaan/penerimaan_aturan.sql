-- Yang perlu dibetulkan pengirim: per himpunan data, kolom, dan aturan, berapa baris yang (selnya) tidak dimuat, dan berapa yang diperbaiki.
-- Menyatakan: sebab dan saran dengan kata-kata tanda terima; kiriman bulan laporan saja.
-- Tidak menyatakan: isi sel siapa pun; itu hanya ada pada buku kerja tanda terima.
-- Dasar: tabel mesin `tolakan` dan `perbaikan`; kalimat aturan dari pipelines/sources/_bersama.toml.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- tindakan: TIDAK_DIMUAT (baris ditolak atau sel dikosongkan) atau DIPERBAIKI
-- dataset: Himpunan data
-- nama: Nama himpunan data bagi pembaca
-- aturan: Kode aturan
-- kolom: Kolom kanonik; kosong bila seluruh baris
-- sebab: Sebab dalam kata-kata
-- saran: Yang dilakukan pengirim; kosong bila tidak ada
-- n_baris: Baris
-- n_berkas: Berkas
WITH kiriman AS (
    SELECT DISTINCT instansi_kode, sha256, lembar, dataset FROM kiriman_diterima WHERE dataset IS NOT NULL
),
catatan AS (
    SELECT k.instansi_kode, 'TIDAK_DIMUAT' AS tindakan, k.dataset, t.aturan, coalesce(t.kolom, '') AS kolom, t.pesan, t.sha256, t.sheet, t.baris
    FROM tolakan AS t
    INNER JOIN kiriman AS k
        ON k.instansi_kode = t.instansi_kode AND k.sha256 = t.sha256 AND coalesce(k.lembar, '') = coalesce(t.sheet, '')
    UNION ALL
    SELECT k.instansi_kode, 'DIPERBAIKI' AS tindakan, k.dataset, t.aturan, coalesce(t.kolom, '') AS kolom, CAST(NULL AS VARCHAR) AS pesan, t.sha256, t.sheet, t.baris
    FROM perbaikan AS t
    INNER JOIN kiriman AS k
        ON k.instansi_kode = t.instansi_kode AND k.sha256 = t.sha256 AND coalesce(k.lembar, '') = coalesce(t.sheet, '')
),
nama_dataset AS (
    SELECT dataset, min(nama) AS nama FROM kalender_kiriman GROUP BY dataset
)
SELECT
    c.instansi_kode,
    c.tindakan,
    c.dataset,
    coalesce(max(n.nama), c.dataset) AS nama,
    c.aturan,
    c.kolom,
    coalesce(max(a.sebab), max(c.pesan), c.aturan) AS sebab,
    max(a.saran) AS saran,
    count(DISTINCT concat_ws('/', c.sha256, c.sheet, c.baris)) AS n_baris,
    count(DISTINCT c.sha256) AS n_berkas
FROM catatan AS c
LEFT JOIN nama_dataset AS n ON n.dataset = c.dataset
LEFT JOIN aturan_kiriman AS a ON a.aturan = c.aturan
GROUP BY c.instansi_kode, c.tindakan, c.dataset, c.aturan, c.kolom
ORDER BY c.instansi_kode, c.tindakan, c.dataset, c.aturan, c.kolom
