-- Kebutuhan pelatihan perorangan setiap pegawai aktif, menurut urutan.
-- Menyatakan: kesenjangan kompetensi dari yang terbesar, lalu kekurangan jam pelajaran (PNS), lalu pelatihan kepemimpinan yang belum ada.
-- Tidak menyatakan: prioritas anggaran; kesenjangan orang yang belum dinilai tidak terlihat di sini.
-- Dasar: PP 11/2017 pasal 203 dan 206; T02, T01, dan T08 tanpa tenggangnya.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- urutan: Urutan kebutuhan orang itu, mulai 1
-- jenis: KOMPETENSI, JP, atau KEPEMIMPINAN
-- kode: Kode kompetensi, atau pelatihan struktural yang wajib
-- besar: Kesenjangan tingkat, atau jam yang kurang
WITH butir AS (
    SELECT instansi_kode, nip, 1 AS bagian, 'KOMPETENSI' AS jenis, kompetensi_kode AS kode, CAST(kesenjangan AS DOUBLE) AS besar
    FROM kesenjangan_kompetensi
    WHERE kesenjangan >= parameter('kebutuhan.kesenjangan_min')
    UNION ALL
    SELECT instansi_kode, nip, 2 AS bagian, 'JP' AS jenis, NULL AS kode, kekurangan AS besar
    FROM t01
    WHERE kekurangan > 0
    UNION ALL
    SELECT p.instansi_kode, p.nip, 3 AS bagian, 'KEPEMIMPINAN' AS jenis, p.latihan_wajib_id AS kode, NULL AS besar
    FROM pegawai_kini AS p
    LEFT JOIN kepemimpinan_pegawai AS k ON k.instansi_kode = p.instansi_kode AND k.nip = p.nip
    WHERE p.aktif AND p.struktural AND coalesce(k.tingkat < p.tingkat_wajib, true)
)
SELECT
    instansi_kode,
    nip,
    row_number() OVER (PARTITION BY instansi_kode, nip ORDER BY bagian, besar DESC, kode) AS urutan,
    jenis,
    kode,
    besar
FROM butir
ORDER BY instansi_kode, nip, urutan
