//! What the sessions over the tables of one month share, whoever reads: settings, functions, rules, parsed views. Refuses to hold a
//! table: those come with each session, and go with it.

use crate::analysis::functions::rule::Reference;
use crate::analysis::rules::Rules;
use crate::analysis::user::{UserSession, coop, guard};
use crate::analysis::view::{self, View};
use crate::analysis::{Error, Providers, mask, session};
use crate::model::limits::Limits;
use crate::model::periode::Periode;
use crate::model::query::{QueryFile, RuleFile};
use datafusion::catalog::{CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList};
use datafusion::catalog::{MemorySchemaProvider, SchemaProvider};
use datafusion::common::DataFusionError;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::prelude::SessionContext;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Made once, for as many readers as come.
pub struct Ground {
    state: SessionState,
    memory: usize,
    rules: Providers,
    views: Vec<Arc<View>>,
    words: Arc<Words>,
}

/// Names that a statement could have meant.
#[derive(Debug, Default)]
pub struct Words {
    /// Functions, lower case.
    pub functions: BTreeSet<String>,
    /// Parameters.
    pub parameters: BTreeSet<String>,
}

fn setup(error: DataFusionError) -> Error {
    Error::Session { reason: mask::reason(&error) }
}

impl Ground {
    /// The ground of the month `periode`.
    ///
    /// # Errors
    /// When the rules or views have faults.
    pub fn new(
        rules: &[RuleFile],
        views: &[QueryFile],
        periode: Periode,
        limits: &Limits,
        threads: usize,
    ) -> Result<Self, Error> {
        let (rules, problems) = Rules::read(rules);
        if !problems.is_empty() {
            return Err(Error::Project { problems });
        }
        let config = session::config(threads).with_information_schema(true);
        let context = session::deterministic(SessionContext::new_with_config(config));
        let reference = Arc::new(Reference { rules: Arc::new(rules), periode: Some(periode) });
        session::register_functions(&context, &reference);
        guard::remove_functions(&context);
        let state = SessionStateBuilder::new_from_existing(context.state());
        let state = state.with_physical_optimizer_rule(Arc::new(coop::CoopJoins)).build();
        let parameters = reference.rules.parameters.iter().map(|row| row.name.clone()).collect();
        let words = Arc::new(Words { functions: guard::functions(&state), parameters });
        let rules = session::rule_tables(&reference, periode).map_err(setup)?;
        let memory = usize::try_from(limits.query_memory_bytes_max).unwrap_or(usize::MAX);
        Ok(Self { state, memory, rules, views: view::parse(views)?, words })
    }

    /// A session over `providers` (already under the person's policy), the rule tables, and the views of what it can read. It has
    /// its own catalogue and its own memory.
    ///
    /// # Errors
    /// When it cannot be set up.
    pub fn session(&self, providers: &Providers) -> Result<UserSession, Error> {
        let schema = MemorySchemaProvider::new();
        let mut tables = BTreeSet::new();
        let rules = self.rules.iter().filter(|(name, _)| !providers.contains_key(*name));
        for (name, table) in rules.chain(providers) {
            schema.register_table(name.clone(), table.clone()).map_err(setup)?;
            tables.insert(name.clone());
        }
        let names = &self.state.config_options().catalog;
        let (catalog, list) = (MemoryCatalogProvider::new(), MemoryCatalogProviderList::new());
        catalog.register_schema(&names.default_schema, Arc::new(schema)).map_err(setup)?;
        list.register_catalog(names.default_catalog.clone(), Arc::new(catalog));
        let state = SessionStateBuilder::new_from_existing(self.state.clone())
            .with_catalog_list(Arc::new(list))
            .with_runtime_env(session::runtime(self.memory, None).map_err(setup)?)
            .build();
        let views = view::readable(&self.views, &mut tables);
        Ok(UserSession::new(SessionContext::new_with_state(state), tables, views, self.words.clone()))
    }
}
