-- Uji promosi: setiap kenaikan jenjang ke jabatan struktural sampai D, diuji pada tmt-nya terhadap syarat jenjang tujuan.
-- Menyatakan: MEMENUHI, TIDAK, TANPA_BUKTI, atau TIDAK_BERLAKU per syarat. TIDAK dan TANPA_BUKTI tidak pernah digabung.
-- Tidak menyatakan: bahwa pengangkatan itu tidak sah; pengecualian yang disetujui tidak ada dalam data.
-- Dasar: PP 11/2017 jo PP 17/2020 (tabel syarat_promosi); penilaian kompetensi berlaku tiga tahun; orang yang sudah keluar tetap diuji.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- rw_id: Baris riwayat jabatan
-- tmt_jabatan: Tanggal mulai jabatan
-- dari: Jenjang sebelumnya
-- ke: Jenjang tujuan
-- pendidikan: Keadaan syarat pendidikan
-- masa_kerja: Keadaan syarat masa kerja
-- usia: Keadaan syarat usia
-- kinerja: Keadaan syarat kinerja
-- kompetensi: Keadaan syarat kompetensi
-- hari_masa: Masa kerja yang dihitung, hari
-- jpm: JPM yang berlaku pada tmt
-- hasil: Keadaan keseluruhan
-- dalam_jendela: Terjadi dalam setahun terakhir
WITH pendidikan_sebelum AS (
    SELECT p.instansi_kode, p.nip, p.rw_id, max(r.tingkat) AS tingkat
    FROM promosi_jabatan AS p
    INNER JOIN riwayat_pendidikan_kini AS r ON r.instansi_kode = p.instansi_kode AND r.nip = p.nip
    WHERE r.tanggal_lulus < p.tmt_jabatan
    GROUP BY p.instansi_kode, p.nip, p.rw_id
),
masa_jabatan_sebelum AS (
    SELECT p.instansi_kode, p.nip, p.rw_id, sum(d.tmt_berikut - d.tmt_jabatan) AS hari
    FROM promosi_jabatan AS p
    INNER JOIN syarat_promosi_asal AS a ON a.jenjang = p.ke
    INNER JOIN jabatan_definitif AS d ON d.instansi_kode = p.instansi_kode AND d.nip = p.nip AND d.jenjang = a.jenjang_asal
    WHERE d.urutan < p.urutan
    GROUP BY p.instansi_kode, p.nip, p.rw_id
),
kinerja_sebelum AS (
    SELECT
        p.instansi_kode, p.nip, p.rw_id,
        count(*) AS n_dinilai,
        count(*) FILTER (WHERE n.predikat > parameter('promosi.predikat_maks')) AS n_buruk
    FROM promosi_jabatan AS p
    INNER JOIN penilaian_tahunan AS n ON n.instansi_kode = p.instansi_kode AND n.nip = p.nip
    WHERE n.tahun < p.tahun AND n.tahun >= p.tahun - parameter('promosi.kinerja_tahun')
    GROUP BY p.instansi_kode, p.nip, p.rw_id
),
asesmen_sebelum AS (
    SELECT p.instansi_kode, p.nip, p.rw_id, a.jpm
    FROM promosi_jabatan AS p
    INNER JOIN asesmen_jpm AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip
    WHERE a.tanggal <= p.tmt_jabatan
        AND a.tanggal > tambah_bulan(p.tmt_jabatan, -parameter('asesmen.masa_berlaku_bulan'))
    QUALIFY row_number() OVER (PARTITION BY p.instansi_kode, p.nip, p.rw_id ORDER BY a.tanggal DESC) = 1
),
bukti AS (
    SELECT
        p.*,
        coalesce(t.tingkat, p.pendidikan_pegawai) AS tingkat_pendidikan,
        CASE p.masa_kerja_dasar
            WHEN 'TMT_CPNS' THEN p.tmt_jabatan - p.tmt_cpns
            WHEN 'JABATAN' THEN coalesce(m.hari, 0)
        END AS hari_masa,
        tambah_bulan(p.tanggal_lahir, 12 * p.usia_sebelum) AS ulang_tahun_batas,
        coalesce(k.n_dinilai, 0) AS n_dinilai,
        coalesce(k.n_buruk, 0) AS n_buruk,
        a.jpm
    FROM promosi_jabatan AS p
    LEFT JOIN pendidikan_sebelum AS t ON t.instansi_kode = p.instansi_kode AND t.nip = p.nip AND t.rw_id = p.rw_id
    LEFT JOIN masa_jabatan_sebelum AS m ON m.instansi_kode = p.instansi_kode AND m.nip = p.nip AND m.rw_id = p.rw_id
    LEFT JOIN kinerja_sebelum AS k ON k.instansi_kode = p.instansi_kode AND k.nip = p.nip AND k.rw_id = p.rw_id
    LEFT JOIN asesmen_sebelum AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip AND a.rw_id = p.rw_id
),
uji AS (
    SELECT
        *,
        CASE
            WHEN tingkat_pendidikan IS NULL THEN 'TANPA_BUKTI'
            WHEN tingkat_pendidikan >= pendidikan_min THEN 'MEMENUHI'
            ELSE 'TIDAK'
        END AS pendidikan,
        CASE
            WHEN masa_kerja_tahun IS NULL THEN 'TIDAK_BERLAKU'
            WHEN hari_masa IS NULL THEN 'TANPA_BUKTI'
            WHEN hari_masa >= masa_kerja_tahun * parameter('promosi.hari_setahun') THEN 'MEMENUHI'
            ELSE 'TIDAK'
        END AS masa_kerja,
        CASE
            WHEN usia_sebelum IS NULL THEN 'TIDAK_BERLAKU'
            WHEN ulang_tahun_batas IS NULL THEN 'TANPA_BUKTI'
            WHEN tmt_jabatan < ulang_tahun_batas THEN 'MEMENUHI'
            ELSE 'TIDAK'
        END AS usia,
        CASE
            WHEN n_buruk > 0 THEN 'TIDAK'
            WHEN n_dinilai < parameter('promosi.kinerja_tahun') THEN 'TANPA_BUKTI'
            ELSE 'MEMENUHI'
        END AS kinerja,
        CASE
            WHEN jpm IS NULL THEN 'TANPA_BUKTI'
            WHEN jpm >= parameter('asesmen.jpm_min') THEN 'MEMENUHI'
            ELSE 'TIDAK'
        END AS kompetensi
    FROM bukti
)
SELECT
    u.instansi_kode,
    u.nip,
    u.rw_id,
    u.tmt_jabatan,
    u.dari,
    u.ke,
    u.pendidikan,
    u.masa_kerja,
    u.usia,
    u.kinerja,
    u.kompetensi,
    u.hari_masa,
    u.jpm,
    CASE
        WHEN 'TIDAK' IN (u.pendidikan, u.masa_kerja, u.usia, u.kinerja, u.kompetensi) THEN 'TIDAK'
        WHEN 'TANPA_BUKTI' IN (u.pendidikan, u.masa_kerja, u.usia, u.kinerja, u.kompetensi) THEN 'TANPA_BUKTI'
        ELSE 'MEMENUHI'
    END AS hasil,
    u.tmt_jabatan > w.setahun_sesudah AS dalam_jendela
FROM uji AS u
CROSS JOIN jendela AS w
ORDER BY u.instansi_kode, u.nip, u.rw_id
