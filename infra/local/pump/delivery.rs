//! One invocation, and how its answer is read.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    account::Account, deadline, fault::Upset, hooks::Sabotage, host::Containers, lease::Lease,
};

/// What delivers: the account that holds what is due, and the containers that take it.
pub(crate) struct Delivery {
    pub account: Arc<Account>,
    pub containers: Containers,
}

/// Why an invocation came to nothing.
pub(crate) enum Failing {
    /// It never began: its function ran as often as it may at once.
    Refused,
    Broken(String),
}

impl Delivery {
    /// One invocation in the next container.
    pub async fn invoke(
        &self,
        function: &'static platform::Function,
        mut payload: Value,
    ) -> Result<Value, Failing> {
        let action = format!("lambda:{}", function.id());
        let sabotage = self.account.hooks.sabotage(&action, &mut payload);
        if sabotage == Sabotage::Skip {
            return Ok(Value::Null);
        }
        let answer = match self.containers.next() {
            Some(container) => match Lease::of(&self.account, &function.id()) {
                Ok(lease) => {
                    lease.start().await;
                    let work = lease.run(async { container.invoke(function, payload).await });
                    let done = deadline::within(&*self.account.clock, function, work).await;
                    done.unwrap_or_else(|| Err(deadline::timed_out(function)))
                        .map_err(Failing::Broken)
                }
                Err(_) => {
                    self.account.faults.note(Upset::DeliveryRefused);
                    Err(Failing::Refused)
                }
            },
            None => Err(Failing::Broken("no app is attached".to_owned())),
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
    /// The function was not reached: everything has to come again, and nothing has failed.
    Refused,
}

impl Outcome {
    /// As Lambda reads it: an empty or missing list is success, an identifier that is not in the
    /// batch fails the batch.
    pub fn read(answer: Result<Value, Failing>, batch: &[String]) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(Failing::Broken(error)) => return Self::Failed(error),
            Err(Failing::Refused) => return Self::Refused,
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
