//! Views over the marts of a release, above whatever tables a session holds. Refuses to show what the session cannot read.

use crate::analysis::Error;
use crate::analysis::mask;
use crate::analysis::project::source::Source;
use crate::model::query::QueryFile;
use datafusion::common::{DataFusionError, TableReference};
use datafusion::datasource::ViewTable;
use datafusion::prelude::SessionContext;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A view, parsed.
#[derive(Debug)]
pub struct View {
    source: Source,
}

/// Parses the files.
///
/// # Errors
/// When one is no query.
pub fn parse(files: &[QueryFile]) -> Result<Vec<Arc<View>>, Error> {
    let parsed = files.iter().map(|file| Source::parse(file).map(|source| Arc::new(View { source })));
    parsed.collect::<Result<_, _>>().map_err(|problem| Error::Project { problems: vec![*problem] })
}

/// The views whose tables all are among `tables`, which gets their names; a view may read those before it. A session that lacks one
/// of the tables, because its reader may not see it, does not have the view either; rows and masks are those of the tables below.
pub fn readable(views: &[Arc<View>], tables: &mut BTreeSet<String>) -> Vec<Arc<View>> {
    let mut found = Vec::new();
    for view in views {
        if view.source.reads.is_subset(tables) && tables.insert(view.name().to_string()) {
            found.push(view.clone());
        }
    }
    found
}

impl View {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.source.file.name
    }

    /// The tables and views it reads.
    pub fn reads(&self) -> &BTreeSet<String> {
        &self.source.reads
    }

    /// Plans it over the tables of `context` and puts it among them.
    ///
    /// # Errors
    /// When it does not fit the tables.
    pub async fn open(&self, context: &SessionContext) -> Result<(), Error> {
        let wrong = |error: DataFusionError| {
            let (name, path) = (self.source.file.name.clone(), self.source.file.path.clone());
            Error::Query { name, path, reason: mask::reason(&error) }
        };
        let plan = context.state().statement_to_plan(self.source.statement.clone()).await.map_err(wrong)?;
        let view = Arc::new(ViewTable::new(plan, None));
        context.register_table(TableReference::bare(self.name()), view).map_err(wrong)?;
        Ok(())
    }
}
