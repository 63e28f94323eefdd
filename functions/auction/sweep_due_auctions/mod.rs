//! Every minute — closes what is due and finishes what was closed but not told.

use events::{AuctionClosed, Event};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule,
    schedule::{Tick, each_due, single_run},
};
use store::{Table, auction::AuctionRow};

use crate::{closing::read_and_close, head_consumer::publish_outcome};

pub const FUNCTION: Function = Function::schedule(
    "auction",
    "sweep_due_auctions",
    "Closes auctions that no other trigger closed",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Auction).query().get().update(),
    Grant::table(Table::Operation).update().delete(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[AuctionClosed::KIND])
.memory_mb(512)
.timeout_s(50);

/// How many days back it looks: an auction that everything else missed for longer needs a person.
const DAYS_BACK: i64 = 3;
const PAGE: u32 = 100;
const LEASE: Span = Span::seconds(50);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    Box::pin(single_run(&app, "sweep-due-auctions", now, LEASE, sweep(&app, now))).await?;
    Ok(())
}

async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let oldest = now - Span::days(DAYS_BACK);
    each_due(
        now,
        DAYS_BACK,
        |day, after| app.store.auctions_ending(day, oldest, now, PAGE, after),
        |row| finish(app, row, now),
    )
    .await
}

async fn finish(app: &App, row: AuctionRow, now: Instant) -> Result<(), Failure> {
    let named = |failure: Failure| Failure::new(format!("{}: {failure}", row.auction));
    match read_and_close(app, row.auction, now).await.map_err(named)? {
        // Its end has moved past the scheduled one: settling an open head is a no-op.
        Some(head) => publish_outcome(app, &head, now).await.map_err(named),
        None => Err(named(Failure::new("a row without a head"))),
    }
}

#[cfg(test)]
mod tests;
