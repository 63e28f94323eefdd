//! Every 5 minutes — calls the worker again for every withdrawal that is due and not finished.

use events::{Envelope, Event, WithdrawalRequested};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Service,
    schedule::{Tick, single_run, tell_each},
};
use store::{Table, keys};

pub const FUNCTION: Function = Function::schedule(
    "wallet",
    "sweep_withdrawals",
    "Calls the worker again for every withdrawal that is due and not finished",
    Schedule::every(Span::minutes(5), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[Grant::table(Table::Wallet).query(), Grant::table(Table::Operation).update().delete()])
.services(&[Service::EventBus])
.tells(&[WithdrawalRequested::KIND])
.timeout_s(60);

const JOB: &str = "sweep-withdrawals";
/// Longer than a run may last, shorter than the time to the next.
const LEASE: Span = Span::minutes(2);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let work = Box::pin(sweep(&app, tick.now));
    single_run(&app, JOB, tick.now, LEASE, work).await.map(|_| ())
}

/// A call too many finds the withdrawal in other hands or finished.
async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let page = async |shard: String, after| app.store.withdrawals_due(&shard, now, after).await;
    let call = |(user_id, withdrawal_id)| {
        let requested = WithdrawalRequested { withdrawal_id, user_id };
        Envelope::new(app.entropy.uuid(now), now, &requested)
    };
    tell_each(app, keys::withdrawing_shards(), page, call).await
}

#[cfg(test)]
mod tests;
