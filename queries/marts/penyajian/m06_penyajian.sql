-- Rasio laju promosi perempuan terhadap laki-laki yang aman disajikan, per instansi dan SEMUA.
-- Menyatakan: DAPAT_DINILAI bila promosi tiap kelompok mencapai batas dan tidak ada sel kecil. Ditelaah hanya bila rasionya di bawah batas dan
--   ujinya bermakna, keduanya.
-- Tidak menyatakan: diskriminasi; dengan sedikit promosi rasio tidak dapat dinilai. Jenis kelamin tidak pernah menjadi masukan skor siapa pun.
-- Dasar: kaidah empat perlima (1978) sebagai penyaring; UU 20/2023; metode M06 dan bagian 8.
-- Visibilitas: H2
-- instansi_kode: Pemerintah (kodeCepat), atau SEMUA
-- n_perempuan: Perempuan yang masih aktif, menurut jenjangnya pada awal jendela; kosong bila terlalu sedikit untuk disebut
-- naik_perempuan: Perempuan yang dipromosikan
-- n_laki: Laki-laki yang masih aktif, menurut jenjangnya pada awal jendela; kosong bila terlalu sedikit untuk disebut
-- naik_laki: Laki-laki yang dipromosikan
-- rasio: Laju perempuan dibagi laju laki-laki
-- z: Uji Mantel-Haenszel berlapis
-- ditelaah: Rasio rendah dan bermakna
-- status: DAPAT_DINILAI atau BELUM_DAPAT_DINILAI
-- alasan: PENYEBUT_KECIL, SEL_KECIL, atau PELENGKAP
WITH ruas AS (
    SELECT
        *,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AKHIR' ELSE 'AWAL' END AS dari,
        CASE WHEN instansi_kode = 'SEMUA' THEN 'AWAL' ELSE 'AKHIR' END AS ke,
        CAST(CASE WHEN instansi_kode = 'SEMUA' THEN parameter('penyajian.biaya_jumlah') ELSE 1 END * (n_perempuan + n_laki) AS BIGINT) AS biaya,
        CASE
            WHEN NOT cukup THEN 'PENYEBUT_KECIL'
            WHEN least(coalesce(nullif(n_perempuan - naik_perempuan, 0), n_perempuan), coalesce(nullif(n_laki - naik_laki, 0), n_laki))
                < parameter('penyajian.sel_min') THEN 'SEL_KECIL'
        END AS alasan_sendiri
    FROM laju_promosi
),
penyebut AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, greatest(naik_perempuan, n_perempuan - naik_perempuan), NULL,
            CASE WHEN n_perempuan > 0 AND n_perempuan < parameter('penyajian.sel_min') THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS perempuan_ditahan,
        sel_ditahan(
            dari, ke, greatest(naik_laki, n_laki - naik_laki), NULL,
            CASE WHEN n_laki > 0 AND n_laki < parameter('penyajian.sel_min') THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS laki_ditahan
    FROM ruas
),
pembilang AS (
    SELECT
        *,
        sel_ditahan(
            dari, ke, naik_perempuan, CASE WHEN NOT perempuan_ditahan THEN n_perempuan - naik_perempuan END,
            CASE WHEN n_perempuan > 0 AND (perempuan_ditahan OR alasan_sendiri IS NOT NULL) THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS naik_perempuan_ditahan,
        sel_ditahan(
            dari, ke, naik_laki, CASE WHEN NOT laki_ditahan THEN n_laki - naik_laki END,
            CASE WHEN n_laki > 0 AND (laki_ditahan OR alasan_sendiri IS NOT NULL) THEN 'TERTUTUP' ELSE 'TERBUKA' END,
            biaya, CAST(parameter('penyajian.sel_min') AS BIGINT)
        ) OVER (ORDER BY instansi_kode) AS naik_laki_ditahan
    FROM penyebut
),
dinilai AS (
    SELECT
        *,
        CASE
            WHEN alasan_sendiri IS NOT NULL THEN alasan_sendiri
            WHEN perempuan_ditahan OR laki_ditahan OR naik_perempuan_ditahan OR naik_laki_ditahan THEN 'PELENGKAP'
        END AS alasan
    FROM pembilang
)
SELECT
    instansi_kode,
    CASE WHEN NOT perempuan_ditahan THEN n_perempuan END AS n_perempuan,
    CASE WHEN alasan IS NULL THEN naik_perempuan END AS naik_perempuan,
    CASE WHEN NOT laki_ditahan THEN n_laki END AS n_laki,
    CASE WHEN alasan IS NULL THEN naik_laki END AS naik_laki,
    CASE WHEN alasan IS NULL THEN rasio END AS rasio,
    CASE WHEN alasan IS NULL THEN z END AS z,
    CASE WHEN alasan IS NULL THEN coalesce(rasio < parameter('m06.rasio_min') AND z >= parameter('m06.z_min'), false) END AS ditelaah,
    CASE WHEN alasan IS NULL THEN 'DAPAT_DINILAI' ELSE 'BELUM_DAPAT_DINILAI' END AS status,
    alasan
FROM dinilai
ORDER BY instansi_kode
