//! Small reads for the engine itself: the rows of one unit, and how many rows a table holds. Refuses versions: the latest is meant.

use crate::lake::{Error, Lake, Unit};
use arrow::array::RecordBatch;
use datafusion::prelude::{Expr, SessionContext, ident, lit};

impl Lake {
    /// Columns of the rows of one unit at the latest version; nothing where the table was never written. All of it is held in memory:
    /// meant for `berkas` and for look-ups of one government.
    ///
    /// # Errors
    /// `Log`, `Unsupported`, `Read`.
    pub async fn rows(&self, table: &str, columns: &[&str], unit: &Unit) -> Result<Vec<RecordBatch>, Error> {
        let Some(version) = self.version(table).await? else { return Ok(Vec::new()) };
        let provider = self.provider(table, version).await?;
        let wrong = |error: datafusion::error::DataFusionError| Error::Read {
            object: table.to_string(),
            reason: error.strip_backtrace(),
        };
        let mut frame = SessionContext::new().read_table(provider).map_err(wrong)?;
        for (column, value) in &unit.0 {
            let column: Expr = ident(column);
            let wanted = match value {
                Some(value) => column.eq(lit(value.as_str())),
                None => column.is_null(),
            };
            frame = frame.filter(wanted).map_err(wrong)?;
        }
        let columns = columns.iter().map(|name| ident(*name)).collect::<Vec<_>>();
        frame.select(columns).map_err(wrong)?.collect().await.map_err(wrong)
    }

    /// Rows of the table at its latest version.
    ///
    /// # Errors
    /// As [`Lake::rows`].
    pub async fn row_count(&self, table: &str) -> Result<u64, Error> {
        let Some(version) = self.version(table).await? else { return Ok(0) };
        let provider = self.provider(table, version).await?;
        let wrong = |error: datafusion::error::DataFusionError| Error::Read {
            object: table.to_string(),
            reason: error.strip_backtrace(),
        };
        // Answered from the statistics of the files; no row is read.
        let rows = SessionContext::new().read_table(provider).map_err(wrong)?.count().await.map_err(wrong)?;
        Ok(rows as u64)
    }
}
