-- IP ASN setiap pegawai yang diukur: kualifikasi, kompetensi, kinerja, disiplin, jumlahnya, dan kategorinya.
-- Menyatakan: poin menurut satu tabel poin yang aktif (parameter ip_asn.varian), berdasarkan data sampai D.
-- Tidak menyatakan: kecakapan seseorang; poin 0 dapat berarti datanya belum dikirim.
-- Dasar: Peraturan BKN 8/2019 (tabel poinnya belum dipastikan); dua tabel yang beredar tidak dicampur.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- kualifikasi: Poin pendidikan
-- kompetensi: Poin pelatihan
-- kinerja: Poin penilaian tahunan
-- disiplin: Poin riwayat hukuman
-- total: Jumlah keempat dimensi
-- kategori: Pita IP ASN
WITH populasi AS (
    SELECT p.instansi_kode, p.nip, p.tk_pendidikan_id, p.kelompok, p.tingkat_wajib
    FROM pegawai_kini AS p
    WHERE p.aktif AND array_has(string_to_array(parameter_teks('ip_asn.jenis_asn'), ','), p.jenis_asn)
),
unsur_terpenuhi AS (
    SELECT p.instansi_kode, p.nip, 'KEPEMIMPINAN' AS unsur
    FROM populasi AS p
    INNER JOIN kepemimpinan_pegawai AS k ON k.instansi_kode = p.instansi_kode AND k.nip = p.nip
    WHERE k.tingkat >= p.tingkat_wajib
    UNION ALL
    SELECT d.instansi_kode, d.nip, 'FUNGSIONAL' AS unsur
    FROM pelatihan_kini AS d
    WHERE d.unsur_ip_asn = 'FUNGSIONAL'
    GROUP BY d.instansi_kode, d.nip
    UNION ALL
    SELECT d.instansi_kode, d.nip, 'TEKNIS' AS unsur
    FROM pelatihan_kini AS d
    CROSS JOIN jendela AS w
    WHERE d.unsur_ip_asn = 'TEKNIS' AND d.tgl_selesai > w.diklat_teknis_sesudah
    GROUP BY d.instansi_kode, d.nip
    HAVING sum(d.jp) >= parameter('ip_asn.jp_teknis_min')
    UNION ALL
    SELECT d.instansi_kode, d.nip, 'SEMINAR' AS unsur
    FROM pelatihan_kini AS d
    CROSS JOIN jendela AS w
    WHERE d.unsur_ip_asn = 'SEMINAR' AND d.tgl_selesai > w.seminar_sesudah
    GROUP BY d.instansi_kode, d.nip
),
poin_kompetensi AS (
    SELECT p.instansi_kode, p.nip, CAST(sum(a.poin) AS DOUBLE) AS poin
    FROM populasi AS p
    INNER JOIN unsur_terpenuhi AS u ON u.instansi_kode = p.instansi_kode AND u.nip = p.nip
    INNER JOIN ip_asn_kompetensi AS a ON a.kelompok = p.kelompok AND a.unsur = u.unsur
    WHERE a.varian = parameter_teks('ip_asn.varian')
    GROUP BY p.instansi_kode, p.nip
),
poin_kinerja AS (
    SELECT n.instansi_kode, n.nip, CAST(a.poin AS DOUBLE) AS poin
    FROM penilaian_berlaku AS n
    INNER JOIN ip_asn_kinerja AS a ON a.predikat = n.predikat
    WHERE a.varian = parameter_teks('ip_asn.varian')
),
tingkat_disiplin AS (
    SELECT h.instansi_kode, h.nip, t.tingkat
    FROM hukuman_pegawai AS h
    INNER JOIN hukuman_tingkat AS t ON t.berat = h.terberat
),
poin AS (
    SELECT
        p.instansi_kode,
        p.nip,
        CAST(coalesce(e.poin_ip_asn, 0) AS DOUBLE) AS kualifikasi,
        coalesce(k.poin, 0.0) AS kompetensi,
        coalesce(n.poin, 0.0) AS kinerja,
        CAST(a.poin AS DOUBLE) AS disiplin
    FROM populasi AS p
    LEFT JOIN pendidikan AS e ON e.tk_pendidikan_id = p.tk_pendidikan_id
    LEFT JOIN poin_kompetensi AS k ON k.instansi_kode = p.instansi_kode AND k.nip = p.nip
    LEFT JOIN poin_kinerja AS n ON n.instansi_kode = p.instansi_kode AND n.nip = p.nip
    LEFT JOIN tingkat_disiplin AS t ON t.instansi_kode = p.instansi_kode AND t.nip = p.nip
    LEFT JOIN ip_asn_disiplin AS a ON a.tingkat = coalesce(t.tingkat, 'TANPA') AND a.varian = parameter_teks('ip_asn.varian')
),
jumlah AS (
    SELECT instansi_kode, nip, kualifikasi, kompetensi, kinerja, disiplin, kualifikasi + kompetensi + kinerja + disiplin AS total
    FROM poin
)
SELECT
    j.instansi_kode,
    j.nip,
    j.kualifikasi,
    j.kompetensi,
    j.kinerja,
    j.disiplin,
    j.total,
    g.kategori
FROM jumlah AS j
LEFT JOIN ip_asn_kategori AS g ON j.total > g.lebih_dari AND j.total <= g.sampai
ORDER BY j.instansi_kode, j.nip
