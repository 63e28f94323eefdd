//! Every minute — reads the providers about payments whose outcome nobody knows.

use domain::payment::Payment;
use events::{Event, PaymentCancelled, PaymentDone, PaymentFailed, TradeMoved};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Secret,
    schedule::{Tick, each_item, single_run},
};
use store::{Table, keys};

use crate::resolving::resolve;

pub const FUNCTION: Function = Function::schedule(
    "payment",
    "resolve_payments",
    "Reads the providers about payments whose outcome nobody knows",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Payment).query().get().put().update(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).update().delete(),
])
.tells(&[PaymentDone::KIND, PaymentFailed::KIND, PaymentCancelled::KIND, TradeMoved::KIND])
.timeout_s(300)
.secrets(&[Secret::Sealing, Secret::Payment]);

const JOB: &str = "resolve-payments";
/// Longer than a run may last.
const LEASE: Span = Span::minutes(6);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let work = Box::pin(sweep(&app, tick.now));
    single_run(&app, JOB, tick.now, LEASE, work).await.map(|_| ())
}

async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let page = |shard: &String, after| {
        let shard = shard.clone();
        async move { app.store.payments_unresolved(&shard, now, after).await }
    };
    let work = |seen: Payment| async move {
        // The index lags behind: what stands in the table decides.
        let Some(payment) = app.store.payment(seen.id).await? else { return Ok(()) };
        resolve(app, payment, now).await
    };
    each_item(keys::unresolved_shards(), page, work).await
}

#[cfg(test)]
mod tests;
