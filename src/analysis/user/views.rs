//! The views of a project in a person's session. Refuses to show a view that reads what the person may not.

use crate::analysis::Error;
use crate::analysis::user::UserSession;
use crate::analysis::view;
use crate::model::query::QueryFile;

impl UserSession {
    /// Adds the views whose tables the session holds; the others do not exist for it.
    ///
    /// # Errors
    /// When a view does not fit the tables.
    pub async fn add_views(&mut self, views: &[QueryFile]) -> Result<(), Error> {
        let added = view::register(&self.context, views).await?;
        self.known.tables.extend(added.iter().cloned());
        self.tables.extend(added);
        Ok(())
    }
}
