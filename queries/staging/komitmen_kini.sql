-- Menyatakan: janji kepala daerah yang berlaku pada D.
-- Tidak menyatakan: ketercapaiannya; lihat kartu_komitmen.
-- Dasar: istilah umum indikator (kiriman terbaru per instansi, himpunan data dan cakupan; baris bertanggal sesudah D tidak dihitung).
SELECT
    t.instansi_kode,
    t.indikator,
    CAST(t.nilai_awal AS DOUBLE) AS nilai_awal,
    CAST(t.target AS DOUBLE) AS target,
    t.tenggat,
    t.arah
FROM komitmen AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'komitmen' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
