-- tingkat: PERINGATAN
-- Kiriman SEMUA dan kiriman per bagian dari periode yang sama sama-sama berlaku: baris yang ada pada keduanya terhitung dua kali.
-- Dasar: aturan pemuatan 0.4.
SELECT dataset, instansi_kode, periode, string_agg(cakupan, '+' ORDER BY cakupan) AS cakupan
FROM kiriman_berlaku
WHERE dataset IN ('pelatihan', 'keluarga')
GROUP BY dataset, instansi_kode, periode
HAVING count(*) FILTER (WHERE cakupan = 'SEMUA') > 0 AND count(*) > 1
ORDER BY dataset, instansi_kode, periode
