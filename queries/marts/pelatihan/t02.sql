-- Indeks kesenjangan kompetensi (IGK) setiap pegawai aktif yang penilaiannya masih berlaku.
-- Menyatakan: jumlah kekurangan tingkat dibagi jumlah standar, hanya atas kompetensi yang dinilai.
-- Tidak menyatakan: kesenjangan orang yang belum dinilai; ketiadaan penilaian bukan kesenjangan penuh.
-- Dasar: PP 11/2017 pasal 206 ayat 2; kelebihan satu kompetensi tidak menutupi kekurangan yang lain.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- jenjang: Jenjang jabatan
-- n_kompetensi: Kompetensi yang dinilai
-- jumlah_kesenjangan: Jumlah kekurangan tingkat
-- jumlah_standar: Jumlah tingkat yang disyaratkan
-- igk: Indeks kesenjangan kompetensi, 0 sampai 1
WITH jumlah AS (
    SELECT
        instansi_kode,
        nip,
        jenjang,
        count(*) AS n_kompetensi,
        CAST(sum(kesenjangan) AS DOUBLE) AS jumlah_kesenjangan,
        CAST(sum(level_standar) AS DOUBLE) AS jumlah_standar
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
