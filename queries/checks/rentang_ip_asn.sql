-- tingkat: GAGAL
-- Jumlah IP ASN harus sama dengan dimensinya, berkategori, dan setiap dimensi tidak melebihi poin tertinggi tabel yang aktif.
-- Dasar: tabel poin IP ASN yang aktif (parameter ip_asn.varian).
WITH poin_tertinggi AS (
    SELECT
        (SELECT max(poin_ip_asn) FROM pendidikan) AS kualifikasi,
        (SELECT max(poin) FROM ip_asn_kinerja WHERE varian = parameter_teks('ip_asn.varian')) AS kinerja,
        (SELECT max(poin) FROM ip_asn_disiplin WHERE varian = parameter_teks('ip_asn.varian')) AS disiplin
)
SELECT i.instansi_kode, i.nip, i.kualifikasi, i.kompetensi, i.kinerja, i.disiplin, i.total, i.kategori
FROM ip_asn AS i
CROSS JOIN poin_tertinggi AS t
WHERE i.kategori IS NULL
    OR i.disiplin IS NULL
    OR i.total <> i.kualifikasi + i.kompetensi + i.kinerja + i.disiplin
    OR i.kualifikasi > t.kualifikasi
    OR i.kinerja > t.kinerja
    OR i.disiplin > t.disiplin
    OR i.total > 100
ORDER BY i.instansi_kode, i.nip
