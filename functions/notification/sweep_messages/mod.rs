//! Every 20 minutes — calls the sender again for every message that is due and not finished.

use events::{Envelope, Event, MessageWaiting};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Service,
    schedule::{Tick, single_run, tell_each},
};
use store::{Table, keys};

pub const FUNCTION: Function = Function::schedule(
    "notification",
    "sweep_messages",
    "Calls the sender again for every message that is due and not finished",
    Schedule::every(Span::minutes(20), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Notification).query(),
    Grant::table(Table::Operation).update().delete(),
])
.services(&[Service::EventBus])
.tells(&[MessageWaiting::KIND])
.timeout_s(60);

const JOB: &str = "sweep-messages";
/// Longer than a run may last, shorter than the time to the next.
const LEASE: Span = Span::minutes(2);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let work = Box::pin(sweep(&app, tick.now));
    single_run(&app, JOB, tick.now, LEASE, work).await.map(|_| ())
}

async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let page = async |shard: String, after| app.store.messages_due(&shard, now, after).await;
    let call = |message| Envelope::new(app.entropy.uuid(now), now, &MessageWaiting { message });
    tell_each(app, keys::unsent_shards(), page, call).await
}

#[cfg(test)]
mod tests;
