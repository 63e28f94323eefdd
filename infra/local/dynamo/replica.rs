//! An older copy of the tables, which index queries are answered from on purpose.
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
    pub fn stale(&self, action: &str, body: &Value) -> Option<Value> {
        let is_index = action == "dynamodb:Query" && body.get("IndexName").is_some();
        let mut copy = self.copy();
        let copy = copy.as_mut().filter(|_| is_index)?;
        copy.catch_up();
        copy.engine.call("Query", body.clone()).ok()
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
