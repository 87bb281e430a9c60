//! How a delivered file becomes rows: readers of bytes, then parsers of single values. Refuses the disk, the lake and writing anything.

pub mod source;
pub mod values;
