-- Pegawai menurut kiriman yang berlaku pada D, dengan status aktif, jenjang, dan nama yang dinormalkan.
-- Menyatakan: jabatan STRUKTURAL tanpa eselon mengambil eselon baris definitif terakhir orang itu; tanpa itu peringkatnya 0 (temuan).
-- Tidak menyatakan: eselon jabatan pelaksana tugas.
-- Dasar: istilah umum indikator; kedudukan hukum aktif, jenjang dan pelatihan wajib dari tabel aturan.
WITH jabatan_terakhir AS (
    SELECT instansi_kode, nip, eselon
    FROM jabatan_definitif
    WHERE tmt_berikut IS NULL
),
berlaku AS (
    SELECT
        t.instansi_kode, t.nip, t.pns_id, t.nama, t.tanggal_lahir, t.jenis_kelamin, t.jenis_asn, t.kedudukan_hukum_id, t.tmt_cpns,
        t.jenis_jabatan, t.tmt_jabatan, t.tk_pendidikan_id, t.unor_id,
        t.jenis_jabatan = 'STRUKTURAL' AND t.eselon IS NULL AS eselon_kosong,
        CASE WHEN t.jenis_jabatan = 'STRUKTURAL' AND t.eselon IS NULL THEN terakhir.eselon ELSE t.eselon END AS eselon
    FROM pegawai AS t
    INNER JOIN kiriman_berlaku AS k
        ON k.dataset = 'pegawai' AND k.instansi_kode = t.instansi_kode
        AND k.cakupan = coalesce(t.cakupan, '') AND k.periode = coalesce(t.periode, periode_acuan())
    LEFT JOIN jabatan_terakhir AS terakhir ON terakhir.instansi_kode = t.instansi_kode AND terakhir.nip = t.nip
)
SELECT
    b.instansi_kode,
    b.nip,
    b.pns_id,
    nama_normal(b.nama) AS nama,
    b.tanggal_lahir,
    b.jenis_kelamin,
    b.jenis_asn,
    coalesce(h.aktif = 1, false) AS aktif,
    b.tmt_cpns,
    b.jenis_jabatan,
    b.eselon,
    b.eselon_kosong,
    b.tmt_jabatan,
    b.tk_pendidikan_id,
    b.unor_id,
    j.jenjang,
    j.peringkat,
    j.kelompok,
    j.peringkat >= parameter('jenjang.struktural_min') AS struktural,
    j.latihan_wajib_id,
    l.tingkat AS tingkat_wajib
FROM berlaku AS b
LEFT JOIN kedudukan_hukum AS h ON h.kedudukan_hukum_id = b.kedudukan_hukum_id
LEFT JOIN jenjang_eselon AS menurut_eselon ON menurut_eselon.tingkat_eselon = split_part(b.eselon, '.', 1)
LEFT JOIN jenjang_jenis_jabatan AS menurut_jenis ON menurut_jenis.jenis_jabatan = coalesce(b.jenis_jabatan, 'PELAKSANA')
LEFT JOIN jenjang AS j ON j.jenjang = coalesce(menurut_eselon.jenjang, menurut_jenis.jenjang)
LEFT JOIN latihan_struktural AS l ON l.latihan_struktural_id = j.latihan_wajib_id
