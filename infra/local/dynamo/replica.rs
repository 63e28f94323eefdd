//! An older copy of the tables, which index queries and reads that do not ask for consistency are
//! answered from on purpose.
//!
//! A second engine is given the same writes, some of them late. Every write that succeeded there
//! succeeds here as well, in the same order: the copy is what the tables were.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use kernel::Clock;
use serde_json::Value;

use super::{engine::Engine, error::EngineError, memory::Memory, tables::create_tables};
use crate::names::Names;

/// The copy, when one is kept.
#[derive(Default)]
pub(crate) struct Replica {
    kept: AtomicBool,
    copy: Mutex<Option<Copy>>,
}

struct Copy {
    engine: Memory,
    /// Operations and bodies that the copy has not seen.
    waiting: VecDeque<(String, Value)>,
    /// How many writes the copy lags behind, at most.
    lag: usize,
}

impl Replica {
    /// From now on, on a cloud without items, a copy is kept that is `lag` writes old.
    pub fn keep(
        &self,
        names: &Names,
        clock: Arc<dyn Clock>,
        lag: usize,
    ) -> Result<(), EngineError> {
        let engine = Memory::new(clock);
        create_tables(&engine, names)?;
        *self.copy() = Some(Copy { engine, waiting: VecDeque::new(), lag });
        self.kept.store(true, Ordering::Release);
        Ok(())
    }

    pub fn is_kept(&self) -> bool {
        self.kept.load(Ordering::Acquire)
    }

    /// A write has happened. A copy needs no tokens: it sees a write once.
    pub fn note(&self, operation: &str, mut body: Value) {
        if let Some(map) = body.as_object_mut() {
            map.remove("ClientRequestToken");
        }
        if let Some(copy) = &mut *self.copy() {
            copy.waiting.push_back((operation.to_owned(), body));
        }
    }

    /// The old answer to a query of an index; `None` for any other call, or without a copy.
    pub fn stale_index(&self, action: &str, body: &Value) -> Option<Value> {
        let is_index = action == "dynamodb:Query" && body.get("IndexName").is_some();
        is_index.then(|| self.answer("Query", body)).flatten()
    }

    /// The old answer to a read of a table that does not ask for consistency; `None` for any other
    /// call, or without a copy.
    pub fn stale_read(&self, action: &str, body: &Value) -> Option<Value> {
        is_eventual(action, body).then(|| self.answer(action.strip_prefix("dynamodb:")?, body))?
    }

    fn answer(&self, operation: &str, body: &Value) -> Option<Value> {
        let mut copy = self.copy();
        let copy = copy.as_mut()?;
        copy.catch_up();
        copy.engine.call(operation, body.clone()).ok()
    }

    fn copy(&self) -> MutexGuard<'_, Option<Copy>> {
        self.copy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Copy {
    fn catch_up(&mut self) {
        while self.waiting.len() > self.lag {
            let Some((operation, body)) = self.waiting.pop_front() else { return };
            if let Err(error) = self.engine.call(&operation, body) {
                tracing::error!(%error, operation, "the older copy differs from the tables");
            }
        }
    }
}

/// Whether a call reads a table, and nothing of it consistently.
#[must_use]
pub fn is_eventual(action: &str, body: &Value) -> bool {
    let consistent = |of: &Value| of.get("ConsistentRead").is_some_and(|wish| wish == true);
    match action {
        "dynamodb:GetItem" => !consistent(body),
        "dynamodb:Query" => body.get("IndexName").is_none() && !consistent(body),
        "dynamodb:BatchGetItem" => {
            let tables = body.get("RequestItems").and_then(Value::as_object);
            tables.is_some_and(|tables| !tables.values().any(consistent))
        }
        _ => false,
    }
}
