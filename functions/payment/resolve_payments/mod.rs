//! Every minute — reads the providers about payments whose outcome nobody knows.

use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Trigger,
    schedule::{Tick, single_run},
};
use store::{Table, keys};

use crate::resolving::resolve;

pub const FUNCTION: Function = Function {
    context: "payment",
    name: "resolve_payments",
    summary: "Reads the providers about payments whose outcome nobody knows",
    trigger: Trigger::Schedule(Schedule {
        every: Some(Span::minutes(1)),
        handle: |app, tick| Box::pin(handle(app, tick)),
    }),
    grants: &[
        Grant::table(Table::Payment, &["dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem"]),
        Grant::table(Table::Trade, &["dynamodb:GetItem", "dynamodb:PutItem"]),
        Grant::table(Table::Wallet, &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
        Grant::table(Table::Outbox, &["dynamodb:PutItem"]),
        Grant::table(Table::Operation, &["dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
    ],
    memory_mb: 256,
    timeout_s: 300,
};

const JOB: &str = "resolve-payments";
/// Longer than a run may last.
const LEASE: Span = Span::minutes(6);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let work = Box::pin(sweep(&app, tick.now));
    single_run(&app, JOB, tick.now, LEASE, work).await.map(|_| ())
}

/// One payment that fails does not keep the others waiting; the run then fails as a whole, so that
/// somebody looks.
async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for shard in keys::unresolved_shards() {
        let mut after = None;
        loop {
            let page = app.store.payments_unresolved(&shard, now, after).await?;
            for payment in page.items {
                // The index lags behind: what stands in the table decides.
                let Some(payment) = app.store.payment(payment.id).await? else { continue };
                if let Err(failure) = resolve(app, payment, now).await {
                    failures.push(failure.to_string());
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(Failure::new(failures.join("; "))) }
}

#[cfg(test)]
mod tests;
