-- Tanda terima setiap pengirim: satu baris per tabel yang ditemukan pada berkas kiriman bulan laporan.
-- Menyatakan: apa jadinya, dan baris dibaca = diterima + ditolak.
-- Tidak menyatakan: kebenaran isi baris yang diterima.
-- Dasar: tabel mesin `berkas`.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat)
-- nomor: Nomor urut menurut waktu diterima
-- nama_berkas: Nama berkas seperti dikirim
-- lembar: Lembar; kosong bila berkasnya tidak berlembar
-- dataset: Himpunan data; kosong bila tidak dikenal
-- nama: Nama himpunan data bagi pembaca
-- status: DITERIMA, DITOLAK, TANPA_KONTRAK, DUPLIKAT, atau USANG
-- alasan: Sebab ditolak atau tidak dimuat
-- berlaku: Baris-barisnya berlaku
-- diterima_pada: Hari diterima, WIB
-- baris_dibaca: Baris data
-- baris_diterima: Baris yang dimuat
-- baris_diperbaiki: Baris diterima yang sedikitnya satu selnya diperbaiki
-- baris_ditolak: Baris yang tidak dimuat
-- baris_dilewati: Baris yang bukan data
WITH nama_dataset AS (
    SELECT dataset, min(nama) AS nama FROM kalender_kiriman GROUP BY dataset
)
SELECT
    k.instansi_kode,
    row_number() OVER (
        PARTITION BY k.instansi_kode ORDER BY k.diterima_pada, k.nama_asal, k.lembar, k.dataset, k.dimuat_pada, k.sha256, k.baris_dibaca
    ) AS nomor,
    k.nama_asal AS nama_berkas,
    k.lembar,
    k.dataset,
    coalesce(n.nama, k.dataset, 'Tidak dikenal') AS nama,
    k.status,
    k.alasan,
    k.berlaku,
    k.diterima_pada,
    k.baris_dibaca,
    k.baris_diterima,
    k.baris_diperbaiki,
    k.baris_ditolak,
    k.baris_dilewati
FROM kiriman_diterima AS k
LEFT JOIN nama_dataset AS n ON n.dataset = k.dataset
ORDER BY k.instansi_kode, nomor
