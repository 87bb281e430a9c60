-- Peta talenta (sembilan kotak) setiap PNS aktif.
-- Menyatakan: kinerja dari penilaian tahunan terakhir yang berlaku; potensi dari rata-rata berbobot komponen yang ada:
--   kompetensi (JPM), kualifikasi, integritas. Skor potensi hasil tes belum dikirim siapa pun, maka tidak ikut rata-rata.
-- Tidak menyatakan: bakat orang yang belum dipetakan; BELUM_ASESMEN dan BELUM_KINERJA bukan nilai rendah.
-- Dasar: PermenPANRB 3/2020 (sembilan kotak); Keputusan Kepala BKN 411/2025 (bobot dan batas, belum dipastikan).
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- status: DIPETAKAN, BELUM_ASESMEN, atau BELUM_KINERJA
-- jpm: Kesesuaian kompetensi dengan standar, persen
-- kualifikasi: Skor pendidikan
-- integritas: Skor riwayat hukuman
-- skor_potensi: Rata-rata berbobot komponen potensi
-- potensi: TINGGI, MENENGAH, atau RENDAH
-- kinerja: DI_ATAS, SESUAI, atau DI_BAWAH ekspektasi
-- kotak: Kotak 1 sampai 9
-- talent_pool: Kelompok rencana suksesi (kotak 7, 8, 9)
WITH komponen AS (
    SELECT
        p.instansi_kode,
        p.nip,
        a.jpm,
        CASE WHEN a.nip IS NOT NULL THEN CAST(e.nilai_kualifikasi AS DOUBLE) END AS kualifikasi,
        CASE
            WHEN a.nip IS NULL THEN NULL
            WHEN h.sedang_dijalani THEN parameter('talenta.integritas_dijalani')
            ELSE coalesce(CAST(t.nilai_integritas AS DOUBLE), parameter('talenta.integritas_tanpa_hukuman'))
        END AS integritas,
        d.kinerja_talenta AS kinerja
    FROM pegawai_kini AS p
    LEFT JOIN asesmen_berlaku AS a ON a.instansi_kode = p.instansi_kode AND a.nip = p.nip
    LEFT JOIN pendidikan AS e ON e.tk_pendidikan_id = p.tk_pendidikan_id
    LEFT JOIN hukuman_pegawai AS h ON h.instansi_kode = p.instansi_kode AND h.nip = p.nip
    LEFT JOIN hukuman_tingkat AS t ON t.berat = h.terberat
    LEFT JOIN penilaian_berlaku AS n ON n.instansi_kode = p.instansi_kode AND n.nip = p.nip
    LEFT JOIN predikat AS d ON d.predikat = n.predikat
    WHERE p.aktif AND p.jenis_asn = 'PNS'
),
skor AS (
    SELECT
        *,
        (
            parameter('talenta.bobot_kompetensi') * least(jpm, parameter('talenta.jpm_maks'))
            + parameter('talenta.bobot_integritas') * integritas
            + coalesce(parameter('talenta.bobot_kualifikasi') * kualifikasi, 0)
        ) / (
            parameter('talenta.bobot_kompetensi')
            + parameter('talenta.bobot_integritas')
            + CASE WHEN kualifikasi IS NOT NULL THEN parameter('talenta.bobot_kualifikasi') ELSE 0 END
        ) AS skor_potensi
    FROM komponen
),
sumbu AS (
    SELECT
        *,
        CASE
            WHEN skor_potensi >= parameter('talenta.potensi_tinggi_min') THEN 'TINGGI'
            WHEN skor_potensi >= parameter('talenta.potensi_menengah_min') THEN 'MENENGAH'
            WHEN skor_potensi IS NOT NULL THEN 'RENDAH'
        END AS potensi
    FROM skor
)
SELECT
    s.instansi_kode,
    s.nip,
    CASE WHEN s.jpm IS NULL THEN 'BELUM_ASESMEN' WHEN s.kinerja IS NULL THEN 'BELUM_KINERJA' ELSE 'DIPETAKAN' END AS status,
    s.jpm,
    s.kualifikasi,
    s.integritas,
    s.skor_potensi,
    s.potensi,
    s.kinerja,
    k.kotak,
    k.kelompok_suksesi = 1 AS talent_pool
FROM sumbu AS s
LEFT JOIN kotak_talenta AS k ON k.kinerja = s.kinerja AND k.potensi = s.potensi
ORDER BY s.instansi_kode, s.nip
