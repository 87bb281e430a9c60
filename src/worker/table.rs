//! Rows in a frame: an Arrow IPC stream, written and read whole. Refuses rows that do not fit their schema.

use crate::model::frame::Frame;
use crate::worker::Error;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;

/// Room for the schema and the headers of a small table.
const HEADER_BYTES: usize = 1 << 13;

/// Puts `batches`, all of `schema`, into a `table` frame under `name`. No batch is a table without rows, not no table.
///
/// # Errors
/// [`Error::Table`] where a batch does not have `schema`.
pub fn to_frame(name: &str, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Frame, Error> {
    let failed = |source| Error::Table { name: name.to_string(), source };
    // All of it and a little for the headers: to grow means to copy.
    let bytes = batches.iter().map(RecordBatch::get_array_memory_size).sum::<usize>();
    let room = Vec::with_capacity(bytes + bytes / 16 + HEADER_BYTES);
    let mut writer = StreamWriter::try_new(room, schema).map_err(failed)?;
    batches.iter().try_for_each(|batch| writer.write(batch)).map_err(failed)?;
    let ipc = writer.into_inner().map_err(failed)?;
    Ok(Frame::Table { name: name.to_string(), ipc })
}

/// Takes the rows out of the payload of a `table` frame.
///
/// # Errors
/// [`Error::Table`] where the bytes are no Arrow IPC stream.
pub fn from_ipc(name: &str, ipc: &[u8]) -> Result<(SchemaRef, Vec<RecordBatch>), Error> {
    let failed = |source| Error::Table { name: name.to_string(), source };
    let reader = StreamReader::try_new(ipc, None).map_err(failed)?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok((schema, batches))
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::StringArray;
    use arrow::datatypes::{DataType, Field, Schema};
    use std::sync::Arc;

    #[test]
    fn rows_survive_the_pipe_and_damage_is_an_error() {
        let schema: SchemaRef = Arc::new(Schema::new(vec![Field::new("nip", DataType::Utf8, true)]));
        let batch = RecordBatch::try_new(
            Arc::clone(&schema),
            vec![Arc::new(StringArray::from(vec![Some("198001012005011001"), None]))],
        )
        .unwrap();
        let Frame::Table { ipc, .. } = to_frame("asn", &schema, std::slice::from_ref(&batch)).unwrap() else {
            panic!("a table frame");
        };
        assert_eq!(from_ipc("asn", &ipc).unwrap(), (Arc::clone(&schema), vec![batch]));
        let Frame::Table { ipc: empty, .. } = to_frame("asn", &schema, &[]).unwrap() else { panic!("a table frame") };
        assert_eq!(from_ipc("asn", &empty).unwrap(), (schema, vec![]));
        for cut in [0, 1, 7, ipc.len() / 2] {
            assert!(from_ipc("asn", &ipc[..cut]).is_err() || cut > 8, "cut at {cut}");
        }
    }
}
