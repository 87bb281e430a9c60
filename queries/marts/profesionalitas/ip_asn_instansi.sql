-- Indeks profesionalitas ASN per instansi: rata-rata seluruh populasi, bersama cakupan penilaian kinerjanya.
-- Menyatakan: indeks dan rata-rata tiap dimensi; n populasi yang diukur; cakupan = bagian populasi yang punya penilaian tahunan dalam jendela.
-- Tidak menyatakan: mutu pelayanan instansi; cakupan yang rendah menurunkan indeks karena data belum ada, bukan karena orangnya.
-- Dasar: Peraturan BKN 8/2019.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- indeks: Rata-rata jumlah IP ASN
-- n: Populasi yang diukur
-- n_pns_aktif: PNS aktif
-- cakupan: Bagian populasi yang punya penilaian tahunan dalam jendela
-- kualifikasi: Rata-rata poin pendidikan
-- kompetensi: Rata-rata poin pelatihan
-- kinerja: Rata-rata poin kinerja
-- disiplin: Rata-rata poin disiplin
WITH pns_aktif AS (
    SELECT instansi_kode, count(*) AS n
    FROM pegawai_kini
    WHERE aktif AND jenis_asn = 'PNS'
    GROUP BY instansi_kode
),
rata_rata AS (
    SELECT
        i.instansi_kode,
        avg(i.total) AS indeks,
        count(*) AS n,
        CAST(count(b.nip) AS DOUBLE) / count(*) AS cakupan,
        avg(i.kualifikasi) AS kualifikasi,
        avg(i.kompetensi) AS kompetensi,
        avg(i.kinerja) AS kinerja,
        avg(i.disiplin) AS disiplin
    FROM ip_asn AS i
    LEFT JOIN penilaian_berlaku AS b ON b.instansi_kode = i.instansi_kode AND b.nip = i.nip
    GROUP BY i.instansi_kode
)
SELECT
    s.instansi_kode,
    r.indeks,
    coalesce(r.n, 0) AS n,
    coalesce(p.n, 0) AS n_pns_aktif,
    r.cakupan,
    r.kualifikasi,
    r.kompetensi,
    r.kinerja,
    r.disiplin
FROM instansi_kini AS s
LEFT JOIN rata_rata AS r ON r.instansi_kode = s.instansi_kode
LEFT JOIN pns_aktif AS p ON p.instansi_kode = s.instansi_kode
ORDER BY s.instansi_kode
