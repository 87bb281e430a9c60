-- Menyatakan: hukuman disiplin yang mulai berlaku sampai D, dengan berat dan nilai integritasnya.
-- Tidak menyatakan: pelanggarannya; alasan hukuman tidak dibawa.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.nip,
    t.tingkat,
    t.mulai,
    t.selesai,
    h.berat,
    h.nilai_integritas
FROM hukuman_disiplin AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'hukuman_disiplin' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
INNER JOIN hukuman_tingkat AS h ON h.tingkat = t.tingkat
WHERE t.mulai <= tanggal_acuan()
