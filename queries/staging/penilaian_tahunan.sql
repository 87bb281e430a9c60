-- Penilaian kinerja tahunan: satu baris per orang dan tahun.
-- Menyatakan: dari beberapa SKP tahunan berpredikat, yang bukan pelaksana tugas didahulukan, lalu tarikan terbaru, lalu skp_id terbesar.
-- Tidak menyatakan: baris tanpa predikat; baris itu tidak menutupi baris lain.
-- Dasar: istilah umum indikator (annual rating); PermenPANRB 6/2022.
SELECT
    t.instansi_kode,
    t.nip,
    CAST(t.tahun AS BIGINT) AS tahun,
    CAST(t.predikat AS BIGINT) AS predikat,
    t.penilai_nip,
    t.berkas_sha256,
    t.berkas_sheet,
    t.berkas_baris
FROM kinerja AS t
INNER JOIN kiriman_berlaku AS k
    ON k.dataset = 'kinerja' AND k.instansi_kode = t.instansi_kode
    AND k.cakupan = coalesce(t.cakupan, concat(t.tahun, '-', t.rentang)) AND k.periode = coalesce(t.periode, periode_acuan())
CROSS JOIN jendela AS w
WHERE t.rentang = 'TAHUNAN' AND t.predikat IS NOT NULL AND t.tahun <= w.tahun_acuan
QUALIFY row_number() OVER (
    PARTITION BY t.instansi_kode, t.nip, t.tahun
    ORDER BY coalesce(t.plt, false), t.tanggal_tarik DESC NULLS LAST, t.skp_id DESC, k.periode DESC, k.cakupan
) = 1
