-- Keadaan disiplin setiap orang yang pernah dihukum, pada D.
-- Menyatakan: tingkat terberat yang mulai dalam jendela (kosong bila tidak ada), dan apakah suatu hukuman sedang dijalani.
-- Tidak menyatakan: pelanggarannya. Hukuman tanpa tanggal selesai tidak dianggap sedang dijalani.
-- Dasar: PP 94/2021; IP ASN (disiplin) dan peta talenta (integritas).
SELECT
    h.instansi_kode,
    h.nip,
    max(h.berat) FILTER (WHERE h.mulai > w.hukuman_sesudah) AS terberat,
    bool_or(coalesce(h.selesai >= w.tanggal_acuan, false)) AS sedang_dijalani
FROM hukuman_disiplin_kini AS h
CROSS JOIN jendela AS w
GROUP BY h.instansi_kode, h.nip
