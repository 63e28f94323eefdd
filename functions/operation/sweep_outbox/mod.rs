//! Every 5 minutes — publishes the events that the relay left behind.

use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule, Service,
    schedule::{Tick, single_run},
};
use store::{Table, outbox::REPUBLISH_AFTER};

pub const FUNCTION: Function = Function::schedule(
    "operation",
    "sweep_outbox",
    "Publishes the events that the outbox relay left behind",
    Schedule::every(Span::minutes(5), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Outbox).query().update(),
    Grant::table(Table::Operation).update().delete(),
])
.services(&[Service::EventRelay])
.timeout_s(60);

const JOB: &str = "sweep-outbox";
/// Longer than a run may last, shorter than the time to the next.
const LEASE: Span = Span::minutes(2);
/// How many events are published before they are completed: what a crash may repeat.
const CHUNK: usize = 10;

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let work = Box::pin(sweep(&app, tick.now));
    single_run(&app, JOB, tick.now, LEASE, work).await.map(|_| ())
}

async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let overdue = app.store.outbox_overdue(now - REPUBLISH_AFTER).await?;
    for events in overdue.events.chunks(CHUNK) {
        app.publisher.publish(events).await?;
        for event in events {
            app.store.outbox_complete(event.id, now).await?;
        }
    }
    let corrupt: Vec<String> = overdue.corrupt.iter().map(ToString::to_string).collect();
    if corrupt.is_empty() { Ok(()) } else { Err(Failure::new(corrupt.join("; "))) }
}

#[cfg(test)]
mod tests;
