-- Penilaian kompetensi yang masih berlaku pada D: satu baris per orang.
-- Menyatakan: tanggal terakhir dalam masa berlaku (D dikurangi masa berlaku, D] dan JPM-nya.
-- Tidak menyatakan: penilaian yang lebih lama; orangnya dihitung belum dinilai.
-- Dasar: Peraturan BKN 26/2019 pasal 29 ayat 4.
SELECT
    a.instansi_kode,
    a.nip,
    a.tanggal,
    a.jpm
FROM asesmen_jpm AS a
CROSS JOIN jendela AS w
WHERE a.tanggal > w.asesmen_sesudah
QUALIFY row_number() OVER (PARTITION BY a.instansi_kode, a.nip ORDER BY a.tanggal DESC) = 1
