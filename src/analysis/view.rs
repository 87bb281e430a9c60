//! Views over the marts of a release, above whatever tables a session holds. Refuses to show what the session cannot read.

use crate::analysis::Error;
use crate::analysis::mask;
use crate::analysis::project::source::Source;
use crate::model::query::QueryFile;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::datasource::ViewTable;
use datafusion::prelude::SessionContext;
use std::sync::Arc;

/// Registers every view whose tables all stand in `context`, and returns their names. A session that lacks one of the
/// tables, because its reader may not see it, does not have the view either; rows and masks are those of the tables below.
///
/// # Errors
/// When a view does not fit the tables.
pub async fn register(context: &SessionContext, views: &[QueryFile]) -> Result<Vec<String>, Error> {
    let mut added = Vec::new();
    for file in views {
        let source = Source::parse(file).map_err(|problem| Error::Project { problems: vec![*problem] })?;
        let there = |name: &String| context.table_exist(TableReference::bare(name.as_str())).unwrap_or(false);
        if !source.reads.iter().all(there) || there(&file.name) {
            continue;
        }
        let wrong = |error: DataFusionError| {
            let (name, path) = (file.name.clone(), file.path.clone());
            Error::Query { name, path, reason: mask::reason(&error) }
        };
        let plan = context.state().statement_to_plan(source.statement).await.map_err(wrong)?;
        let view = Arc::new(ViewTable::new(plan, None));
        context.register_table(TableReference::bare(file.name.as_str()), view).map_err(wrong)?;
        added.push(file.name.clone());
    }
    Ok(added)
}
