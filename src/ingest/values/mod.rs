//! Parsers of single values, pure functions over text (`ingest-rules.md` §4 and §5). Refuses to know a dataset or a column.

pub mod date;
pub mod golongan;
pub mod name;
pub mod nip;
pub mod number;
pub mod words;
