//! Tables under a person's policy: what the policy hides is not among them, what it limits is read through an opaque leaf of the
//! plan. Refuses tables and columns that nobody described.
//!
//! A filter that the optimiser can see is no barrier: it moves a person's own predicates below it, and a failing CAST then quotes
//! or betrays rows the person may not see. So scan, row filter and mask are one node without children and without statistics.

mod barrier;
mod keep;
mod leaf;
mod units;

use crate::analysis::policy::barrier::Barrier;
use crate::analysis::policy::keep::Keep;
use crate::analysis::{Error, Providers};
use crate::model::periode::Periode;
use crate::model::policy::{Policy, RowRule};
use crate::model::table::Table;
use std::sync::Arc;

/// The tables of `providers` that `policy` opens, each behind its barrier. `tables` describes them; one that is not described, or a
/// column that is not, stays closed. The units of a principal are those of the deliveries up to `periode`.
///
/// # Errors
/// When the persons of the principal's units cannot be read.
pub async fn under(
    policy: &Policy,
    providers: &Providers,
    tables: &[Table],
    periode: Periode,
) -> Result<Providers, Error> {
    let persons = Arc::new(units::persons(policy, providers, periode).await?);
    let mut seen = Providers::new();
    for (name, provider) in providers {
        let Some(table) = tables.iter().find(|table| table.name == *name) else { continue };
        let Some(view) = policy.view(table) else { continue };
        let keep = match view.rows {
            RowRule::All => Keep::All,
            RowRule::Instansi(own) => Keep::Instansi(Arc::new(own)),
            RowRule::Persons => Keep::Persons(persons.clone()),
        };
        let open = |column: &str| table.has(column) && !view.masked.contains(column);
        seen.insert(name.clone(), Arc::new(Barrier::new(name, provider.clone(), keep, open)));
    }
    Ok(seen)
}

#[cfg(test)]
mod tests;
