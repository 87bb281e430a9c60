-- Kenaikan jenjang ke jabatan struktural, dengan syarat jenjang tujuan dan data pegawai yang diuji terhadapnya: satu baris per promosi.
-- Menyatakan: setiap baris definitif yang peringkatnya lebih tinggi daripada baris sebelumnya; orang yang sudah keluar juga.
-- Tidak menyatakan: hasil ujinya; itu pada m01.
-- Dasar: PP 11/2017 jo PP 17/2020 (tabel syarat_promosi).
SELECT
    d.instansi_kode, d.nip, d.rw_id, d.urutan, d.tmt_jabatan, d.jenjang_sebelum AS dari, d.jenjang AS ke,
    CAST(extract(YEAR FROM d.tmt_jabatan) AS BIGINT) AS tahun,
    s.pendidikan_min, s.masa_kerja_dasar, s.masa_kerja_tahun, s.usia_sebelum,
    p.tmt_cpns, p.tanggal_lahir, e.tingkat AS pendidikan_pegawai
FROM jabatan_definitif AS d
LEFT JOIN syarat_promosi AS s ON s.jenjang = d.jenjang
LEFT JOIN pegawai_kini AS p ON p.instansi_kode = d.instansi_kode AND p.nip = d.nip
LEFT JOIN pendidikan AS e ON e.tk_pendidikan_id = p.tk_pendidikan_id
WHERE d.peringkat > d.peringkat_sebelum AND d.peringkat >= parameter('jenjang.struktural_min')
