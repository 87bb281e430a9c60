//! The query sessions of the room: settings, functions, rule tables, memory. Refuses settings from SQL.

use crate::analysis::Providers;
use crate::analysis::functions;
use crate::analysis::functions::rule::Reference;
use crate::analysis::neighbours::NeighboursInOnePass;
use crate::analysis::ordered::MergeInOrder;
use crate::model::periode::Periode;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::Result;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

/// How many consumers an exhausted pool names.
const CONSUMERS_NAMED: NonZeroUsize = NonZeroUsize::new(3).expect("three is not zero");

/// Settings every session shares: text stays `Utf8`, spans are kept for the line of a fault.
pub fn config(threads: usize) -> SessionConfig {
    let mut config = SessionConfig::new().with_target_partitions(threads.max(1));
    let options = config.options_mut();
    options.sql_parser.map_string_types_to_utf8view = false;
    options.sql_parser.collect_spans = true;
    options.execution.parquet.schema_force_view_types = false;
    // A join that hands its bounds down waits until all its partitions have theirs; partitions read one after the other never do.
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    // An interleaved union wants its children partitioned alike, which reading partitions in order undoes: it panics.
    options.optimizer.prefer_existing_union = true;
    config
}

/// A runtime whose queries share `memory_bytes` and spill into `scratch`, or not at all without one.
pub fn runtime(memory_bytes: usize, scratch: Option<(&Path, u64)>) -> Result<Arc<RuntimeEnv>> {
    let disk = match scratch {
        Some((folder, bytes)) => DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![folder.to_path_buf()]))
            .with_max_temp_directory_size(bytes),
        None => DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled),
    };
    let pool = TrackConsumersPool::new(FairSpillPool::new(memory_bytes), CONSUMERS_NAMED);
    RuntimeEnvBuilder::new().with_memory_pool(Arc::new(pool)).with_disk_manager_builder(disk).build_arc()
}

/// Adds our functions, the rules at `reference` among them.
pub fn register_functions(context: &SessionContext, reference: &Arc<Reference>) {
    functions::scalars().into_iter().for_each(|it| context.register_udf(it));
    functions::aggregates().into_iter().for_each(|it| context.register_udaf(it));
    functions::windows().into_iter().for_each(|it| context.register_udwf(it));
    functions::rule::functions(reference).into_iter().for_each(|it| context.register_udf(it));
}

/// The rule tables with the rows of `periode`.
pub fn rule_tables(reference: &Reference, periode: Periode) -> Result<Providers> {
    let batches = reference.rules.batches(periode).into_iter();
    batches
        .map(|(name, batch)| {
            let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
            Ok((name, Arc::new(table) as Arc<dyn TableProvider>))
        })
        .collect()
}

/// The same session, its plans merging partitions in order, and windows over neighbours computed in one pass.
pub fn deterministic(context: SessionContext) -> SessionContext {
    let state = SessionStateBuilder::new_from_existing(context.state());
    SessionContext::new_with_state(
        state
            .with_physical_optimizer_rule(Arc::new(MergeInOrder))
            .with_physical_optimizer_rule(Arc::new(NeighboursInOnePass))
            .build(),
    )
}

/// A table with a schema and no rows.
pub fn empty(schema: SchemaRef) -> Arc<dyn TableProvider> {
    Arc::new(EmptyTable::new(schema))
}
