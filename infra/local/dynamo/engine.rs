//! What the cloud asks of a DynamoDB. Ours answers it in `memory`; a reference that it is compared
//! with is another.

use serde_json::{Value, json};

use super::{error::EngineError, record::StreamItem};
use crate::names::Names;

type Result<T> = std::result::Result<T, EngineError>;

/// A DynamoDB engine of one cloud. Tables go by their full names.
pub trait Engine: Send + Sync {
    /// Runs one operation of the DynamoDB API, body in and body out in the wire's shape.
    fn call(&self, operation: &str, body: Value) -> Result<Value>;

    /// Decides a `TransactWriteItems` whose items become true one by one: its answer, and for each
    /// item, in their order, the number by which [`Engine::show`] knows it. An engine that cannot
    /// do so makes everything true at once and answers no numbers.
    fn decide_unseen(&self, body: Value) -> Result<(Value, Vec<u64>)> {
        Ok((self.call("TransactWriteItems", body)?, Vec::new()))
    }

    /// Makes one item of such a transaction true. A number that is not known is nothing.
    fn show(&self, _part: u64) {}

    /// Deletes what has expired, as the service does within days; tells how many items went.
    fn sweep_expired(&self) -> Result<usize>;

    /// The records of `table` after `position`, oldest first, at most `limit` (1,000), as the
    /// stream of this ARN tells them.
    fn records_after(
        &self,
        table: &str,
        arn: &str,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StreamItem>>;

    /// The position of the newest record, 0 for an empty stream.
    fn last_position(&self, table: &str) -> Result<i64>;

    /// Drops the records before `position`; the one at `position` may stay.
    fn trim_before(&self, table: &str, position: i64) -> Result<()>;
}

/// Every item of `table`, in the order of its keys.
pub(crate) fn items(engine: &dyn Engine, names: &Names, table: store::Table) -> Result<Vec<Value>> {
    let mut items = Vec::new();
    let mut start = Value::Null;
    loop {
        let mut request = json!({ "TableName": names.table(table), "ConsistentRead": true });
        if let (false, Some(map)) = (start.is_null(), request.as_object_mut()) {
            map.insert("ExclusiveStartKey".into(), start);
        }
        let mut page = engine.call("Scan", request)?;
        if let Some(Value::Array(page)) = page.get_mut("Items").map(Value::take) {
            items.extend(page);
        }
        start = page.get_mut("LastEvaluatedKey").map(Value::take).unwrap_or_default();
        if start.is_null() {
            let key = |item: &Value, name: &str| {
                item.pointer(&format!("/{name}/S")).map(ToString::to_string)
            };
            items.sort_by_cached_key(|item| (key(item, "pk"), key(item, "sk")));
            return Ok(items);
        }
    }
}
