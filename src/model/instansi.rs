//! The governments whose civil servants are counted. Refuses to know which they are: the list is a rule table.

use serde::{Deserialize, Serialize};

/// One government, as `queries/rules/instansi.csv` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instansi {
    /// kodeCepat, four digits.
    pub kode: String,
    /// Official name in SIASN files.
    pub nama: String,
    /// Name for charts and tables.
    pub nama_singkat: String,
}
