-- Jam pelajaran tahun berjalan setiap pegawai yang punya kewajiban atau batas jam pelajaran.
-- Menyatakan: jumlah jam semua pelatihan yang selesai dalam tahun D sampai D; PNS: kekurangannya; PPPK: lewat batas atau tidak.
-- Tidak menyatakan: kekurangan bagi PPPK (mereka berbatas atas, bukan berkewajiban); CPNS tidak dimuat. Sertifikat yang belum dikirim tidak terlihat.
-- Dasar: PP 11/2017 pasal 203 ayat 4; PP 49/2018 pasal 40 ayat 1.
-- Visibilitas: H4
-- instansi_kode: Pemerintah (kodeCepat)
-- nip: NIP pegawai
-- jenis_asn: PNS, PPPK, atau PPPK_PW
-- jp: Jam pelajaran tahun berjalan
-- kekurangan: Jam yang kurang dari kewajiban; 0 bagi PPPK
-- lewat_batas: Jam melewati batas bagi PPPK
WITH jam_tahun_ini AS (
    SELECT d.instansi_kode, d.nip, sum(d.jp) AS jp
    FROM pelatihan_kini AS d
    CROSS JOIN jendela AS w
    WHERE extract(YEAR FROM d.tgl_selesai) = w.tahun_acuan
    GROUP BY d.instansi_kode, d.nip
),
pegawai_wajib AS (
    SELECT p.instansi_kode, p.nip, p.jenis_asn, CAST(coalesce(j.jp, 0) AS DOUBLE) AS jp, k.jp_min, k.jp_maks
    FROM pegawai_kini AS p
    INNER JOIN kewajiban_jp AS k ON k.jenis_asn = p.jenis_asn
    LEFT JOIN jam_tahun_ini AS j ON j.instansi_kode = p.instansi_kode AND j.nip = p.nip
    WHERE p.aktif
)
SELECT
    instansi_kode,
    nip,
    jenis_asn,
    jp,
    greatest(0.0, coalesce(jp_min, 0) - jp) AS kekurangan,
    coalesce(jp > jp_maks, false) AS lewat_batas
FROM pegawai_wajib
ORDER BY instansi_kode, nip
