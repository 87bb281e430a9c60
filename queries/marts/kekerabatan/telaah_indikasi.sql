-- Daftar telaah: setiap indikasi N01, N03, N04, N11, N13, N14 sebagai satu keputusan dengan faktanya.
-- Menyatakan: tiga gerbang, yaitu hubungan keluarga, kewenangan pihak lain atas keputusan itu, dan sesuatu yang tidak biasa pada proses atau
--   hasilnya. PERLU_TELAAH hanya bila ketiganya ada; tanpa yang tidak biasa yang diminta hanya pernyataan (PERLU_DEKLARASI).
-- Tidak menyatakan: pelanggaran, kesalahan, atau niat siapa pun. Indikasi bukan temuan; yang bersangkutan didengar lebih dahulu.
-- Dasar: metode bagian 2, 5, dan 11; PermenPANRB 17/2024; kelas H1: hanya penelaah perkara.
-- Visibilitas: H1
-- instansi_kode: Pemerintah (kodeCepat) tempat keputusannya
-- indikator: N01, N03, N04, N11, N13, atau N14
-- perkara: Kunci keputusan pada indikator itu
-- nip: NIP orang yang dikenai keputusan
-- nama: Namanya menurut data pegawai
-- jabatan: Jabatannya menurut data pegawai
-- nip_lain: NIP pihak yang berkerabat dan berwenang; kosong bila tidak dikirim
-- nama_lain: Namanya
-- jabatan_lain: Jabatannya menurut data pegawai
-- kewenangan: Wewenangnya atas keputusan itu
-- keputusan: Keputusan yang ditelaah
-- tanggal: Tanggal keputusan, bila ada
-- dasar: Dasar tautan: K1, K2, K3, atau K4; kosong bila dinyatakan oleh pejabat politik
-- derajat: Derajat hubungan
-- p: Peluang tautan benar
-- dinyatakan: Hubungan itu dinyatakan dengan NIP oleh sedikitnya satu pihak
-- tidak_biasa: Ada yang tidak biasa pada proses atau hasilnya
-- fakta: Apa yang tidak biasa, atau mengapa tidak dapat dinilai
-- tindak: PERLU_TELAAH atau PERLU_DEKLARASI
-- nama_berkas: Berkas asal baris keputusan
-- lembar: Lembar asal
-- baris: Baris asal, mulai 1
WITH promosi AS (
    SELECT instansi_kode, nip, max(tmt_jabatan) AS tmt_jabatan
    FROM m01
    WHERE dalam_jendela AND hasil = 'TIDAK'
    GROUP BY instansi_kode, nip
),
n01_fakta AS (
    SELECT
        n.instansi_kode, 'N01' AS indikator, concat(n.nip, '/', n.nip_atasan) AS perkara, n.nip, n.nip_atasan AS nip_lain,
        CAST(NULL AS VARCHAR) AS nama_lain,
        CASE WHEN n.tingkat = 1 THEN 'atasan langsung' ELSE 'atasan dari atasan langsung' END AS kewenangan,
        'Penempatan dalam rantai komando' AS keputusan,
        CAST(NULL AS DATE) AS tanggal, n.dasar, n.derajat, n.p,
        r.nip IS NOT NULL AS tidak_biasa,
        CASE
            WHEN r.nip IS NOT NULL THEN concat('Dipromosikan ', to_char(r.tmt_jabatan, '%d-%m-%Y'), ' dengan syarat yang tidak terpenuhi (M01)')
            ELSE 'Tidak ada promosi yang tidak memenuhi syarat dalam setahun terakhir'
        END AS fakta,
        o.berkas_sha256, o.berkas_sheet, o.berkas_baris
    FROM n01 AS n
    LEFT JOIN promosi AS r ON r.instansi_kode = n.instansi_kode AND r.nip = n.nip
    LEFT JOIN identitas_pegawai AS o ON o.instansi_kode = n.instansi_kode AND o.nip = n.nip
),
n03_fakta AS (
    SELECT
        n.instansi_kode, 'N03' AS indikator, concat(n.seleksi_id, '/', n.nip, '/', n.panelis_id) AS perkara, n.nip, n.nip_panelis AS nip_lain,
        CAST(NULL AS VARCHAR) AS nama_lain,
        'anggota panitia seleksi' AS kewenangan,
        concat('Seleksi terbuka ', s.jabatan) AS keputusan,
        s.tanggal_keputusan AS tanggal, n.dasar, n.derajat, n.p,
        coalesce(b.selisih >= parameter('telaah.selisih_panel_min'), false) AS tidak_biasa,
        CASE
            WHEN b.selisih IS NULL THEN 'Nilai per anggota tidak cukup untuk dibandingkan'
            ELSE concat(
                'Nilai dari anggota ini ', replace(CAST(CAST(b.nilai AS DECIMAL(9, 2)) AS VARCHAR), '.', ','),
                ', dari anggota lain ', replace(CAST(CAST(b.nilai_lain AS DECIMAL(9, 2)) AS VARCHAR), '.', ','),
                '; beda ganda ', replace(CAST(CAST(b.selisih AS DECIMAL(9, 2)) AS VARCHAR), '.', ',')
            )
        END AS fakta,
        a.berkas_sha256, a.berkas_sheet, a.berkas_baris
    FROM n03 AS n
    INNER JOIN seleksi_kini AS s ON s.instansi_kode = n.instansi_kode AND s.seleksi_id = n.seleksi_id
    LEFT JOIN nilai_panel_kerabat AS b
        ON b.instansi_kode = n.instansi_kode AND b.seleksi_id = n.seleksi_id AND b.nip = n.nip AND b.panelis_id = n.panelis_id
    LEFT JOIN seleksi_panel_kini AS a
        ON a.instansi_kode = n.instansi_kode AND a.seleksi_id = n.seleksi_id AND a.panelis_id = n.panelis_id
),
n04_fakta AS (
    SELECT
        n.instansi_kode, 'N04' AS indikator, concat(n.nip, '/', n.tahun) AS perkara, n.nip, n.nip_penilai AS nip_lain,
        CAST(NULL AS VARCHAR) AS nama_lain,
        'pejabat penilai kinerja' AS kewenangan,
        concat('Penilaian kinerja tahunan ', n.tahun) AS keputusan,
        CAST(NULL AS DATE) AS tanggal, n.dasar, n.derajat, n.p,
        coalesce(
            b.n_lain >= parameter('telaah.pembanding_min') AND b.rata_lain - n.predikat >= parameter('telaah.selisih_predikat_min'), false
        ) AS tidak_biasa,
        CASE
            WHEN b.n_lain >= parameter('telaah.pembanding_min') THEN concat(
                'Predikat ', n.predikat, ' (1 terbaik); rata-rata ', b.n_lain, ' orang lain yang dinilainya ',
                replace(CAST(CAST(b.rata_lain AS DECIMAL(9, 2)) AS VARCHAR), '.', ',')
            )
            ELSE concat('Predikat ', n.predikat, ' (1 terbaik); orang lain yang dinilainya terlalu sedikit untuk dibandingkan')
        END AS fakta,
        t.berkas_sha256, t.berkas_sheet, t.berkas_baris
    FROM n04 AS n
    LEFT JOIN pembanding_penilai AS b ON b.instansi_kode = n.instansi_kode AND b.nip = n.nip AND b.tahun = n.tahun
    LEFT JOIN penilaian_tahunan AS t ON t.instansi_kode = n.instansi_kode AND t.nip = n.nip AND t.tahun = n.tahun
),
n11_fakta AS (
    SELECT
        n.instansi_kode, 'N11' AS indikator, concat(n.sumber, '/', n.nip, '/', n.nip_kerabat) AS perkara, n.nip, n.nip_kerabat AS nip_lain,
        CAST(NULL AS VARCHAR) AS nama_lain,
        concat('menurut ', n.sumber) AS kewenangan,
        'Pernyataan keluarga' AS keputusan,
        CAST(NULL AS DATE) AS tanggal, n.dasar, n.derajat, n.p,
        false AS tidak_biasa,
        'Belum dinyatakan dengan NIP oleh pihak mana pun; mohon dikonfirmasi atau dikoreksi. Diam bukan kesalahan' AS fakta,
        CAST(NULL AS VARCHAR) AS berkas_sha256, CAST(NULL AS VARCHAR) AS berkas_sheet, CAST(NULL AS INT) AS berkas_baris
    FROM n11 AS n
),
pemenang_terhubung AS (
    SELECT
        s.instansi_kode, s.seleksi_id, p.nip, p.peringkat, k.tanggal_keputusan, k.jabatan, m.selisih, l.nip IS NOT NULL AS melompat,
        o.berkas_sha256, o.berkas_sheet, o.berkas_baris
    FROM n13_seleksi AS s
    INNER JOIN pemenang_seleksi AS p ON p.instansi_kode = s.instansi_kode AND p.seleksi_id = s.seleksi_id
    INNER JOIN seleksi_kini AS k ON k.instansi_kode = s.instansi_kode AND k.seleksi_id = s.seleksi_id
    INNER JOIN m07 AS m ON m.instansi_kode = s.instansi_kode AND m.seleksi_id = s.seleksi_id
    LEFT JOIN n14 AS l ON l.instansi_kode = s.instansi_kode AND l.seleksi_id = s.seleksi_id
    LEFT JOIN seleksi_kandidat_kini AS o ON o.instansi_kode = p.instansi_kode AND o.seleksi_id = p.seleksi_id AND o.nip = p.nip
    WHERE s.pemenang_terhubung
),
pihak AS (
    SELECT instansi_kode, seleksi_id, nip, nip_kerabat, nama_kerabat, dasar, derajat, p, jalur
    FROM hubungan_kandidat
    QUALIFY row_number() OVER (PARTITION BY instansi_kode, seleksi_id, nip ORDER BY urutan, derajat, dasar, nip_kerabat, nama_kerabat) = 1
),
n13_n14_fakta AS (
    SELECT
        w.instansi_kode, j.indikator, concat(w.seleksi_id, '/', w.nip) AS perkara, w.nip, h.nip_kerabat AS nip_lain,
        h.nama_kerabat AS nama_lain,
        CASE h.jalur WHEN 'PANEL' THEN 'anggota panitia seleksi' WHEN 'KEPALA_DAERAH' THEN 'kepala daerah' ELSE 'pejabat pimpinan tinggi' END
            AS kewenangan,
        concat('Seleksi terbuka ', w.jabatan) AS keputusan,
        w.tanggal_keputusan AS tanggal, h.dasar, h.derajat, h.p,
        coalesce(j.indikator = 'N14' AND w.selisih > parameter('telaah.selisih_setara'), false) AS tidak_biasa,
        CASE
            WHEN j.indikator = 'N13' THEN 'Hanya berarti sebagai pola banyak seleksi; satu seleksi tidak menyatakan apa pun'
            ELSE concat(
                'Peringkat ', w.peringkat, ', selisih skor dengan yang terbaik ',
                replace(CAST(CAST(w.selisih AS DECIMAL(9, 2)) AS VARCHAR), '.', ','), '; alasan tertulis PPK perlu dilihat'
            )
        END AS fakta,
        w.berkas_sha256, w.berkas_sheet, w.berkas_baris
    FROM pemenang_terhubung AS w
    INNER JOIN pihak AS h ON h.instansi_kode = w.instansi_kode AND h.seleksi_id = w.seleksi_id AND h.nip = w.nip
    CROSS JOIN (VALUES ('N13'), ('N14')) AS j (indikator)
    WHERE j.indikator = 'N13' OR w.melompat
),
semua AS (
    SELECT * FROM n01_fakta
    UNION ALL
    SELECT * FROM n03_fakta
    UNION ALL
    SELECT * FROM n04_fakta
    UNION ALL
    SELECT * FROM n11_fakta
    UNION ALL
    SELECT * FROM n13_n14_fakta
),
nama_berkas AS (
    SELECT sha256, min(nama_asal) AS nama FROM berkas GROUP BY sha256
)
SELECT
    s.instansi_kode,
    s.indikator,
    s.perkara,
    s.nip,
    o.nama,
    o.jabatan,
    s.nip_lain,
    coalesce(s.nama_lain, l.nama) AS nama_lain,
    l.jabatan AS jabatan_lain,
    s.kewenangan,
    s.keputusan,
    s.tanggal,
    s.dasar,
    s.derajat,
    s.p,
    coalesce(s.dasar IN ('K1', 'K2'), true) AS dinyatakan,
    s.tidak_biasa,
    s.fakta,
    CASE WHEN s.tidak_biasa THEN 'PERLU_TELAAH' ELSE 'PERLU_DEKLARASI' END AS tindak,
    b.nama AS nama_berkas,
    s.berkas_sheet AS lembar,
    s.berkas_baris AS baris
FROM semua AS s
LEFT JOIN identitas_orang AS o ON o.nip = s.nip
LEFT JOIN identitas_orang AS l ON l.nip = s.nip_lain
LEFT JOIN nama_berkas AS b ON b.sha256 = s.berkas_sha256
ORDER BY s.instansi_kode, s.indikator, s.perkara
