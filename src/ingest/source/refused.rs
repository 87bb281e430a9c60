//! Why a whole file is refused, and what its sender should do (`ingest-rules.md` §1). Refuses cell values in a message.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

/// A file of which nothing is loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {pesan}")]
pub struct Refused {
    /// Rule code, `BRK-01` and so on.
    pub code: &'static str,
    /// What the sender should do, in Indonesian.
    pub pesan: String,
}

impl Refused {
    /// BRK-01: a password keeps the content from us.
    pub fn locked() -> Self {
        Self::new("BRK-01", "Berkas diberi kata sandi. Hapus kata sandinya, simpan, lalu kirim ulang.")
    }

    /// BRK-02: damaged. `what` names the kind of file.
    pub fn damaged(what: &str) -> Self {
        Self::new(
            "BRK-02",
            &format!(
                "{what} rusak atau terpotong dan tidak dapat dibuka. Unduh atau simpan ulang berkas aslinya, lalu kirim ulang."
            ),
        )
    }

    /// BRK-03: nothing in it.
    pub fn empty() -> Self {
        Self::new(
            "BRK-03",
            "Berkas kosong, tidak ada satu sel pun yang berisi. Tarik ulang data dari aplikasi sumber, lalu kirim ulang.",
        )
    }

    /// BRK-04: a web page where a table was expected.
    pub fn no_table() -> Self {
        Self::new(
            "BRK-04",
            "Isi berkas adalah halaman web tanpa tabel, biasanya halaman galat dari server. Ulangi pengunduhan, lalu kirim ulang.",
        )
    }

    /// BRK-07: an archive that unpacks to far more than it holds.
    pub fn bomb() -> Self {
        Self::new("BRK-07", "Arsip mengembang jauh melampaui ukuran wajar. Kirim berkas datanya langsung, tanpa arsip.")
    }

    /// BRK-09: binary content in a text file.
    pub fn binary() -> Self {
        Self::new(
            "BRK-09",
            "Berkas bukan teks biasa (mengandung bita NUL). Simpan ulang sebagai CSV UTF-8, lalu kirim ulang.",
        )
    }

    /// BRK-15: a limit of the engine was reached; `limit` says which, in Indonesian.
    pub fn limit(limit: &str) -> Self {
        Self::new(
            "BRK-15",
            &format!(
                "Pembacaan berkas dihentikan: {limit}. Periksa berkas, pecah bila terlalu besar, lalu kirim ulang."
            ),
        )
    }

    fn new(code: &'static str, pesan: &str) -> Self {
        Self { code, pesan: pesan.to_owned() }
    }
}

/// Runs a reader of another crate; should it panic over hostile bytes, the file is refused (BRK-15) and the ingest goes on.
pub(crate) fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| Refused::limit("isi berkas membuat pembaca berhenti mendadak"))
}
