-- Pejabat struktural aktif yang sudah menduduki jabatannya melewati tenggang, dan apakah pelatihan kepemimpinannya tertinggal.
-- Menyatakan: wajib = pelatihan yang disyaratkan jenjangnya; tertinggal = belum menyelesaikan pelatihan itu atau yang lebih tinggi.
-- Tidak menyatakan: sebab ketertinggalan; pejabat tanpa tmt jabatan tidak dimuat.
-- Dasar: PP 11/2017; Peraturan LAN 2/2019 dan 15/2019; tenggang 12 bulan belum dipastikan.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- jenjang: Jenjang jabatan
-- tmt_jabatan: Tanggal mulai jabatan
-- wajib: Pelatihan kepemimpinan yang disyaratkan (2 PKP, 3 PKA, 4 PKN II, 5 PKN I)
-- tertinggal: Belum menyelesaikan pelatihan itu atau yang lebih tinggi
SELECT
    p.instansi_kode,
    p.nip,
    p.jenjang,
    p.tmt_jabatan,
    p.latihan_wajib_id AS wajib,
    coalesce(k.tingkat < p.tingkat_wajib, true) AS tertinggal
FROM pegawai_kini AS p
CROSS JOIN jendela AS w
LEFT JOIN kepemimpinan_pegawai AS k ON k.instansi_kode = p.instansi_kode AND k.nip = p.nip
WHERE p.aktif AND p.struktural AND p.tmt_jabatan <= w.tenggang_kepemimpinan
ORDER BY p.instansi_kode, p.nip
