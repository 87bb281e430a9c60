-- tingkat: PERINGATAN
-- Baris yang merujuk kepada sesuatu yang tidak ada pada kiriman yang berlaku: orangnya, unitnya, seleksinya, atau kompetensinya.
-- Angkanya tetap dihitung menurut definisi masing-masing; yang putus adalah keterangan di sampingnya. Satu baris per tabel dan instansi.
-- Dasar: istilah umum indikator; pegawai yang sudah keluar wajar tidak ada lagi pada data pegawai, maka riwayat tidak diperiksa.
WITH orang_ada AS (
    SELECT DISTINCT instansi_kode, nip FROM pegawai_kini
),
putus AS (
    SELECT 'asesmen' AS tabel, t.instansi_kode, t.nip AS rujukan
    FROM asesmen_berlaku AS t
    LEFT JOIN orang_ada AS o ON o.instansi_kode = t.instansi_kode AND o.nip = t.nip
    WHERE o.nip IS NULL
    UNION ALL
    SELECT 'keluarga' AS tabel, t.instansi_kode, t.nip AS rujukan
    FROM keluarga_kini AS t
    LEFT JOIN orang_ada AS o ON o.instansi_kode = t.instansi_kode AND o.nip = t.nip
    WHERE o.nip IS NULL
    UNION ALL
    SELECT 'pegawai: unor_id' AS tabel, t.instansi_kode, t.unor_id AS rujukan
    FROM pegawai_kini AS t
    LEFT JOIN unor_kini AS u ON u.instansi_kode = t.instansi_kode AND u.unor_id = t.unor_id
    WHERE t.aktif AND t.unor_id IS NOT NULL AND u.unor_id IS NULL
    UNION ALL
    SELECT 'unor: atasan_id' AS tabel, t.instansi_kode, t.atasan_id AS rujukan
    FROM unor_kini AS t
    LEFT JOIN unor_kini AS u ON u.instansi_kode = t.instansi_kode AND u.unor_id = t.atasan_id
    WHERE t.atasan_id IS NOT NULL AND u.unor_id IS NULL
    UNION ALL
    SELECT 'seleksi_kandidat' AS tabel, t.instansi_kode, t.seleksi_id AS rujukan
    FROM seleksi_kandidat_kini AS t
    LEFT JOIN seleksi_kini AS s ON s.instansi_kode = t.instansi_kode AND s.seleksi_id = t.seleksi_id
    WHERE s.seleksi_id IS NULL
    UNION ALL
    SELECT 'kesenjangan_kompetensi' AS tabel, t.instansi_kode, t.kompetensi_kode AS rujukan
    FROM kesenjangan_kompetensi AS t
    LEFT JOIN kompetensi AS k ON k.kompetensi_kode = t.kompetensi_kode
    WHERE k.kompetensi_kode IS NULL
)
SELECT tabel, instansi_kode, count(*) AS n_baris, count(DISTINCT rujukan) AS n_rujukan
FROM putus
GROUP BY tabel, instansi_kode
ORDER BY tabel, instansi_kode
