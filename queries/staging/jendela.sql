-- Jendela waktu laporan, satu baris.
-- Menyatakan: tanggal-tanggal batas yang dipakai bersama. Jendela "sesudah" terbuka di awal dan tertutup di D: (sesudah, D].
-- Tidak menyatakan: jendela yang bergantung pada tanggal suatu peristiwa; itu dihitung pada kuerinya.
-- Dasar: istilah umum indikator; panjang jendela dari parameter aturan yang berlaku pada D.
SELECT
    tanggal_acuan() AS tanggal_acuan,
    CAST(extract(YEAR FROM tanggal_acuan()) AS BIGINT) AS tahun_acuan,
    CAST(extract(YEAR FROM tanggal_acuan()) - parameter('kinerja.tahun_mundur') AS BIGINT) AS tahun_penilaian_awal,
    tambah_bulan(tanggal_acuan(), -parameter('jendela.setahun_bulan')) AS setahun_sesudah,
    tambah_bulan(tanggal_acuan(), -parameter('asesmen.masa_berlaku_bulan')) AS asesmen_sesudah,
    tambah_bulan(tanggal_acuan(), -parameter('hukuman.jendela_bulan')) AS hukuman_sesudah,
    tambah_bulan(tanggal_acuan(), -parameter('ip_asn.jp_teknis_bulan')) AS diklat_teknis_sesudah,
    tambah_bulan(tanggal_acuan(), -parameter('ip_asn.seminar_bulan')) AS seminar_sesudah,
    tambah_bulan(tanggal_acuan(), -parameter('t08.tenggang_bulan')) AS tenggang_kepemimpinan
