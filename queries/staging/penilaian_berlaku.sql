-- Penilaian kinerja tahunan terakhir yang masih dipakai pada D: tahun acuan atau tahun sebelumnya.
-- Menyatakan: satu baris per orang, tahun terbaru yang ada.
-- Tidak menyatakan: orang yang tidak dinilai dalam kedua tahun itu.
-- Dasar: IP ASN dan peta talenta (latest annual rating).
SELECT
    n.instansi_kode,
    n.nip,
    n.tahun,
    n.predikat
FROM penilaian_tahunan AS n
CROSS JOIN jendela AS w
WHERE n.tahun >= w.tahun_penilaian_awal
QUALIFY row_number() OVER (PARTITION BY n.instansi_kode, n.nip ORDER BY n.tahun DESC) = 1
