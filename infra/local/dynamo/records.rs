//! Reading a table's stream and dropping what everyone has processed.

use dynoxide::actions::{
    get_records::{self, GetRecordsRequest, Record},
    get_shard_iterator::encode_shard_iterator,
};
use futures::FutureExt;
use serde_json::{Value, json};

use super::{embedded::Embedded, error::EngineError};
use crate::names::{Names, REGION};

/// What separates the engine's stored sequence numbers from the 21-digit public ones.
const SEQUENCE_OFFSET: i128 = 100_000_000_000_000_000_000;

/// One record of a stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamItem {
    /// The engine's stored sequence number: positions and cursors count in it.
    pub position: i64,
    pub pk: String,
    /// AWS writes no record for an update that changes nothing; the engine does.
    pub changes_nothing: bool,
    /// As Lambda delivers it.
    pub event: Value,
}

impl StreamItem {
    /// The number by which a consumer names this record in `batchItemFailures`.
    pub fn sequence_number(&self) -> String {
        (SEQUENCE_OFFSET + i128::from(self.position)).to_string()
    }
}

impl Embedded {
    /// The records of `table` after `position`, oldest first, at most `limit` (1,000).
    pub fn records_after(
        &self,
        names: &Names,
        table: store::Table,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StreamItem>, EngineError> {
        let name = names.table(table);
        let shard = dynoxide::streams::shard_id(&name);
        let shard_iterator = encode_shard_iterator(&name, &shard, position);
        let request = GetRecordsRequest { shard_iterator, limit: Some(limit) };
        let answer = get_records::execute(&*self.storage(), request).now_or_never();
        let records = answer.map_or_else(|| Ok(Vec::new()), |answer| answer.map(|a| a.records))?;
        let arn = names.stream_arn(table);
        Ok(records.into_iter().filter_map(|record| stream_item(record, &arn)).collect())
    }

    /// The position of the newest record, 0 for an empty stream.
    pub fn last_position(&self, names: &Names, table: store::Table) -> Result<i64, EngineError> {
        let name = names.table(table);
        let shard = dynoxide::streams::shard_id(&name);
        let (_, last) = self.storage().get_shard_sequence_range(&name, &shard)?;
        Ok(last.and_then(|last| last.parse().ok()).unwrap_or(0))
    }

    /// Drops the records before `position`. The one at `position` stays, so that the engine
    /// goes on counting from it and never hands out a number twice.
    pub fn trim_before(
        &self,
        names: &Names,
        table: store::Table,
        position: i64,
    ) -> Result<(), EngineError> {
        let storage = self.storage();
        let statement = storage.conn().prepare_cached(
            "DELETE FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
        );
        let mut statement = statement.map_err(dynoxide::DynoxideError::from)?;
        let dropped = statement.execute((names.table(table), position));
        dropped.map_err(dynoxide::DynoxideError::from)?;
        Ok(())
    }
}

fn stream_item(record: Record, arn: &str) -> Option<StreamItem> {
    let public: i128 = record.dynamodb.sequence_number.parse().ok()?;
    let position = i64::try_from(public - SEQUENCE_OFFSET).ok()?;
    let change = serde_json::to_value(&record.dynamodb).ok()?;
    let pk = change.pointer("/Keys/pk/S").and_then(Value::as_str)?.to_owned();
    let image = |name| change.get(name);
    let changes_nothing = image("OldImage").is_some() && image("OldImage") == image("NewImage");
    let mut event = json!({
        // Derived, so that a run repeats exactly and a redelivered record keeps its id.
        "eventID": format!("{position:032x}"),
        "eventName": record.event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": change,
        "eventSourceARN": arn,
    });
    if let (Some(identity), Some(event)) = (record.user_identity, event.as_object_mut()) {
        let identity =
            json!({ "type": identity.identity_type, "principalId": identity.principal_id });
        event.insert("userIdentity".into(), identity);
    }
    Some(StreamItem { position, pk, changes_nothing, event })
}
