-- Indeks kesenjangan kompetensi (IGK) setiap pegawai aktif yang penilaiannya masih berlaku.
-- Menyatakan: jumlah kekurangan tingkat dibagi jumlah standar, hanya atas kompetensi yang dinilai.
-- Tidak menyatakan: kesenjangan orang yang belum dinilai; ketiadaan penilaian bukan kesenjangan penuh.
-- Dasar: PP 11/2017 pasal 206 ayat 2; kelebihan satu kompetensi tidak menutupi kekurangan yang lain.
WITH jumlah AS (
    SELECT
        instansi_kode,
        nip,
        jenjang,
        count(*) AS n_kompetensi,
        sum(kesenjangan) AS jumlah_kesenjangan,
        sum(level_standar) AS jumlah_standar
    FROM kesenjangan_kompetensi
    GROUP BY instansi_kode, nip, jenjang
)
SELECT
    instansi_kode,
    nip,
    jenjang,
    n_kompetensi,
    jumlah_kesenjangan,
    jumlah_standar,
    jumlah_kesenjangan / nullif(jumlah_standar, 0) AS igk
FROM jumlah
ORDER BY instansi_kode, nip
