//! Transactions that overlap in time: off, unless a test turns [`Knobs::transaction_turns`] up.
//!
//! DynamoDB refuses a transaction, or a write, that meets an item of another transaction under
//! way. The engines answer one call after the other, so nothing would ever meet: here a
//! transaction keeps its items for some turns of the other tasks before it is done.
//!
//! [`Knobs::transaction_turns`]: crate::Knobs::transaction_turns

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use super::error::{EngineError, Reason};

const MESSAGE: &str = "Transaction is ongoing for the item";

/// The items of the transactions under way.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<BTreeSet<Item>>);

/// An item by table, partition and sort key.
pub(crate) type Item = (String, String, String);

/// Keeps a transaction's items until it is dropped.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    all: &'a InFlight,
    items: Vec<Item>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        for item in &self.items {
            all.remove(item);
        }
    }
}

impl Held<'_> {
    /// Keeps nothing any more; somebody else frees the items.
    pub fn leave(&mut self) {
        self.items.clear();
    }
}

impl InFlight {
    /// Frees one item.
    pub fn release(&self, item: &Item) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(item);
    }

    /// Begins a call: refused when it meets an item under way; `Some` when it is a transaction,
    /// whose items are now under way.
    pub fn begin(&self, operation: &str, body: &Value) -> Result<Option<Held<'_>>, EngineError> {
        let items: Vec<_> = match operation {
            "PutItem" | "UpdateItem" | "DeleteItem" => vec![item_of(body)],
            "TransactWriteItems" | "TransactGetItems" => {
                let acts = body.get("TransactItems").and_then(Value::as_array);
                let acts = acts.into_iter().flatten();
                acts.map(|act| act.as_object()?.values().find_map(item_of)).collect()
            }
            _ => return Ok(None),
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let meets = |item: &Option<Item>| item.as_ref().is_some_and(|item| all.contains(item));
        let met: Vec<bool> = items.iter().map(meets).collect();
        let is_transaction = operation.starts_with("Transact");
        match (met.contains(&true), is_transaction) {
            (true, true) => {
                let reason = |met: &bool| match met {
                    false => Reason::none(),
                    true => Reason {
                        code: "TransactionConflict".to_owned(),
                        message: Some(MESSAGE.to_owned()),
                        item: None,
                    },
                };
                Err(EngineError::cancelled(met.iter().map(reason).collect()))
            }
            (true, false) => Err(EngineError::new("TransactionConflictException", MESSAGE)),
            (false, true) if operation == "TransactWriteItems" => {
                let items: Vec<_> = items.into_iter().flatten().collect();
                all.extend(items.iter().cloned());
                Ok(Some(Held { all: self, items }))
            }
            (false, _) => Ok(None),
        }
    }
}

/// The item that a write is about; every table of ours is keyed alike.
pub(crate) fn item_of(write: &Value) -> Option<Item> {
    let table = write.get("TableName")?.as_str()?.to_owned();
    let key = write.get("Key").or_else(|| write.get("Item"))?;
    let text = |name: &str| key.get(name).map(Value::to_string);
    Some((table, text("pk")?, text("sk")?))
}
