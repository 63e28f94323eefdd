//! What a call consumes. Every call is metered, whether the caller asked for the figure or not.

use serde_json::Value;
use store::Table;

use super::{error::EngineError, memory::item_bytes};
use crate::{
    names::Names,
    usage::{Consumed, Units},
};

/// Asks for the consumed capacity on the way in, reads it on the way out.
#[derive(Debug)]
pub(crate) struct Meter {
    reads: bool,
    /// The caller asked too and keeps the figure in the answer.
    asked: bool,
    metered: bool,
}

impl Meter {
    /// Makes `body` ask for the capacity.
    pub fn install(operation: &str, body: &mut Value) -> Self {
        let reads =
            matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems");
        let metered = reads
            || matches!(
                operation,
                "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems"
            );
        let wish = body.get("ReturnConsumedCapacity").and_then(Value::as_str);
        let asked = wish.is_some_and(|wish| wish != "NONE");
        if let (true, false, Some(map)) = (metered, asked, body.as_object_mut()) {
            map.insert("ReturnConsumedCapacity".into(), "TOTAL".into());
        }
        Self { reads, asked, metered }
    }

    /// What the call consumed; takes the figure out of `answer` when the caller did not ask.
    pub fn read(&self, names: &Names, answer: &mut Value) -> Vec<Consumed> {
        let Some(map) = answer.as_object_mut().filter(|_| self.metered) else {
            return Vec::new();
        };
        // By table: the engine's order is another one every time.
        if let Some(Value::Array(list)) = map.get_mut("ConsumedCapacity") {
            list.sort_by_cached_key(|figure| figure.get("TableName").map(Value::to_string));
        }
        let figures = if self.asked {
            map.get("ConsumedCapacity").cloned()
        } else {
            map.remove("ConsumedCapacity")
        };
        match figures {
            Some(Value::Array(list)) => {
                list.iter().filter_map(|figure| self.figure(names, figure)).collect()
            }
            Some(figure) => self.figure(names, &figure).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn figure(&self, names: &Names, figure: &Value) -> Option<Consumed> {
        let table = names.read_table(figure.get("TableName")?.as_str()?)?;
        Some(self.consumed(table, Units::read(figure.get("CapacityUnits")?)?))
    }

    fn consumed(&self, table: Table, units: Units) -> Consumed {
        let (reads, writes) = if self.reads { (units, Units::ZERO) } else { (Units::ZERO, units) };
        Consumed { table, reads, writes }
    }

    /// What a refused write is billed. AWS bills a failed condition by the existing item's size,
    /// which is known here only when the refusal carries the item, and else taken as 1 KB; an
    /// item of a cancelled transaction is billed twice that. An estimate: AWS tells no figure.
    pub fn refused(&self, tables: &[Table], error: &EngineError) -> Vec<Consumed> {
        let size = |item: &Option<Value>| {
            let bytes = item.as_ref().and_then(item_bytes).unwrap_or(1);
            Units::whole(u64::try_from(bytes.div_ceil(1_024).max(1)).unwrap_or(1))
        };
        match (error.code.as_str(), tables) {
            ("ConditionalCheckFailedException", [table]) => {
                vec![self.consumed(*table, size(&error.item))]
            }
            ("TransactionCanceledException", [first, ..]) => {
                let once: Units = error.reasons.iter().map(|reason| size(&reason.item)).sum();
                vec![self.consumed(*first, once + once)]
            }
            _ => Vec::new(),
        }
    }
}
