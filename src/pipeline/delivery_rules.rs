//! The sentences of the delivery rules as a rule table, so that queries say what receipts say. Refuses a second place for them:
//! they are written in `pipelines/sources/_bersama.toml` only.

use crate::model::contract::Contract;
use crate::model::query::RuleFile;
use crate::pipeline::receipts::without_column;
use std::collections::BTreeSet;

/// Name of the table.
const TABLE: &str = "aturan_kiriman";
/// Where the sentences are written.
const SOURCE: &str = "pipelines/sources/_bersama.toml";

/// The table `aturan_kiriman`: rule code, why (`sebab`), and what the sender does (`saran`; empty where nothing is needed).
pub fn table(contracts: &[Contract]) -> RuleFile {
    let mut csv = String::from("aturan,sebab,saran\n");
    if let Some(shared) = contracts.first().map(|it| &it.shared) {
        let codes: BTreeSet<&String> = shared.messages.keys().chain(shared.advice.keys()).collect();
        for code in codes {
            let cell = |text: Option<&String>| quoted(&text.map_or_else(String::new, |it| without_column(it)));
            let (why, advice) = (shared.messages.get(code), shared.advice.get(code));
            csv.push_str(&format!("{},{},{}\n", quoted(code), cell(why), cell(advice)));
        }
    }
    RuleFile { name: TABLE.into(), path: SOURCE.into(), csv }
}

/// A cell that may hold commas and quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace(['\n', '\r'], " ").replace('"', "\"\""))
}
