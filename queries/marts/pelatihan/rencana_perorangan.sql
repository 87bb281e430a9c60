-- Rencana pengembangan perorangan: setiap pegawai aktif yang ada kebutuhan pelatihannya, atau pejabat struktural tanpa penilaian kompetensi yang berlaku.
-- Menyatakan: kebutuhannya menurut urutan, jam pelajaran yang kurang, pelatihan kepemimpinan wajib, dan tanggal penilaian terakhir.
-- Tidak menyatakan: penilaian atas orangnya; daftar ini untuk merencanakan pelatihan, bukan untuk keputusan jabatan.
-- Dasar: PP 11/2017 pasal 203 dan 206; Peraturan BKN 26/2019 pasal 29 ayat 4.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- nama: Nama
-- unor_id: Unit organisasi
-- unit: Nama unit
-- opd: Perangkat daerah yang memuat unit itu
-- jenis_asn: PNS, PPPK, atau PPPK_PW
-- jenjang: Jenjang jabatan
-- jabatan: Nama jabatan
-- n_kebutuhan: Banyaknya kebutuhan
-- kebutuhan: Kebutuhan menurut urutan
-- jp: Jam pelajaran tahun berjalan
-- jp_kurang: Jam yang kurang dari kewajiban
-- kepemimpinan_tertinggal: Pelatihan kepemimpinan wajib belum selesai sesudah tenggangnya
-- asesmen_terakhir: Tanggal penilaian kompetensi terakhir
-- asesmen_berlaku: Penilaian itu masih berlaku
WITH butir AS (
    SELECT
        k.instansi_kode, k.nip, k.urutan,
        CASE k.jenis
            WHEN 'KOMPETENSI' THEN concat(
                coalesce(r.nama, k.kode), ' (kurang ', replace(CAST(CAST(k.besar AS DECIMAL(6, 1)) AS VARCHAR), '.', ','), ' tingkat)'
            )
            WHEN 'JP' THEN concat(CAST(CAST(ceil(k.besar) AS BIGINT) AS VARCHAR), ' JP')
            ELSE coalesce(l.nama, 'pelatihan kepemimpinan')
        END AS kebutuhan
    FROM kebutuhan AS k
    LEFT JOIN kompetensi AS r ON r.kompetensi_kode = k.kode
    LEFT JOIN latihan_struktural AS l ON l.latihan_struktural_id = k.kode
),
daftar AS (
    SELECT instansi_kode, nip, count(*) AS n_kebutuhan, string_agg(kebutuhan, '; ' ORDER BY urutan) AS kebutuhan
    FROM butir
    GROUP BY instansi_kode, nip
),
asesmen_orang AS (
    SELECT instansi_kode, nip, max(tanggal) AS tanggal FROM asesmen_kini GROUP BY instansi_kode, nip
)
SELECT
    p.instansi_kode,
    p.nip,
    i.nama,
    p.unor_id,
    i.unit,
    o.opd,
    p.jenis_asn,
    j.nama AS jenjang,
    i.jabatan,
    coalesce(d.n_kebutuhan, 0) AS n_kebutuhan,
    d.kebutuhan,
    t.jp,
    t.kekurangan AS jp_kurang,
    coalesce(l.tertinggal, false) AS kepemimpinan_tertinggal,
    a.tanggal AS asesmen_terakhir,
    b.nip IS NOT NULL AS asesmen_berlaku
FROM pegawai_kini AS p
LEFT JOIN jenjang AS j ON j.jenjang = p.jenjang
LEFT JOIN identitas_pegawai AS i ON i.instansi_kode = p.instansi_kode AND i.nip = p.nip
LEFT JOIN opd_unor AS o ON o.instansi_kode = p.instansi_kode AND o.unor_id = p.unor_id
LEFT JOIN daftar AS d ON d.instansi_kode = p.instansi_kode AND d.nip = p.nip
LEFT JOIN t01 AS t ON t.instansi_kode = p.instansi_kode AND t.nip = p.nip
LEFT JOIN t08 AS l ON l.instansi_kode = p.instansi_kode AND l.nip = p.nip
LEFT JOIN asesmen_orang AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip
LEFT JOIN asesmen_berlaku AS b ON b.instansi_kode = p.instansi_kode AND b.nip = p.nip
WHERE p.aktif AND (d.nip IS NOT NULL OR (p.struktural AND p.jenis_asn = 'PNS' AND b.nip IS NULL))
ORDER BY p.instansi_kode, p.nip
