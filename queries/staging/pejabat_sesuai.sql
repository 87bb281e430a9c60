-- Pejabat struktural aktif per instansi, dan yang penilaian kompetensinya masih berlaku serta memenuhi syarat.
-- Menyatakan: yang belum dinilai ikut dalam penyebut.
-- Tidak menyatakan: bahwa yang belum dinilai tidak cakap.
-- Dasar: kartu komitmen (jabatan terisi sesuai kompetensi); asesmen.jpm_min.
SELECT
    p.instansi_kode,
    count(*) AS n,
    count(*) FILTER (WHERE a.jpm >= parameter('asesmen.jpm_min')) AS n_sesuai,
    count(a.nip) AS n_dinilai
FROM pegawai_kini AS p
LEFT JOIN asesmen_berlaku AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip
WHERE p.aktif AND p.struktural
GROUP BY p.instansi_kode
