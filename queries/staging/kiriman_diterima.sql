-- Tabel yang ditemukan pada berkas kiriman bulan laporan: satu baris per baris `berkas`.
-- Menyatakan: bulan yang diwakili isinya; berkas yang bulannya tidak dikenal dihitung untuk bulan sebelum ia diterima (WIB).
-- Tidak menyatakan: kiriman ulang untuk bulan yang lebih lama; tanda terimanya ada pada bulan itu.
-- Dasar: tabel mesin `berkas`.
SELECT
    instansi_kode,
    sha256,
    sheet AS lembar,
    nama_asal,
    dataset,
    status,
    alasan,
    berlaku,
    CAST(arrow_cast(diterima_pada, 'Timestamp(Microsecond, Some("Asia/Pontianak"))') AS DATE) AS diterima_pada,
    baris_dibaca,
    baris_diterima,
    baris_diperbaiki,
    baris_ditolak,
    baris_dilewati,
    dimuat_pada
FROM berkas
WHERE instansi_kode IS NOT NULL
    AND coalesce(
        periode,
        to_char(
            tambah_bulan(CAST(arrow_cast(coalesce(diterima_pada, dimuat_pada), 'Timestamp(Microsecond, Some("Asia/Pontianak"))') AS DATE), -1),
            '%Y-%m'
        )
    ) = periode_acuan()
