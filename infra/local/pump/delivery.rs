//! One invocation, and how its answer is read.

use std::sync::Arc;

use serde_json::Value;

use crate::{account::Account, deadline, hooks::Sabotage, host::Containers};

/// What delivers: the account that holds what is due, and the containers that take it.
pub(crate) struct Delivery {
    pub account: Arc<Account>,
    pub containers: Containers,
}

impl Delivery {
    /// One invocation in the next container.
    pub async fn invoke(
        &self,
        function: &'static platform::Function,
        mut payload: Value,
    ) -> Result<Value, String> {
        let action = format!("lambda:{}", function.id());
        let sabotage = self.account.hooks.sabotage(&action, &mut payload);
        if sabotage == Sabotage::Skip {
            return Ok(Value::Null);
        }
        let answer = match self.containers.next() {
            Some(container) => {
                let work = container.invoke(function, payload);
                let done = deadline::within(&*self.account.clock, function, work).await;
                done.unwrap_or_else(|| Err(deadline::timed_out(function)))
            }
            None => Err("no app is attached".to_owned()),
        };
        if sabotage == Sabotage::Swallow { Ok(Value::Null) } else { answer }
    }
}

/// What a partial batch response says.
pub(crate) enum Outcome {
    Done,
    /// The identifiers of what has to come again.
    Partly(Vec<String>),
    /// An error, or a response that Lambda does not accept: everything has to come again.
    Failed(String),
}

impl Outcome {
    /// As Lambda reads it: an empty or missing list is success, an identifier that is not in the
    /// batch fails the batch.
    pub fn read(answer: Result<Value, String>, batch: &[String]) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Self::Failed(error),
        };
        let failures = match answer.get("batchItemFailures") {
            None | Some(Value::Null) => return Self::Done,
            Some(Value::Array(failures)) => failures,
            Some(_) => return Self::Failed("batchItemFailures is no list".to_owned()),
        };
        let mut ids = Vec::with_capacity(failures.len());
        for failure in failures {
            match failure.get("itemIdentifier").and_then(Value::as_str) {
                Some(id) if batch.iter().any(|known| known == id) => ids.push(id.to_owned()),
                _ => return Self::Failed(format!("{failure} names nothing of the batch")),
            }
        }
        if ids.is_empty() { Self::Done } else { Self::Partly(ids) }
    }
}
