//! Every minute — tells of auctions that end within half an hour, once each.

use events::{AuctionEndingSoon, Envelope, Event};
use kernel::{Instant, Span, seoul_day};
use platform::{
    App, Failure, Function, Grant, Schedule,
    schedule::{Tick, each_item, single_run},
};
use store::{
    Table,
    auction::{AuctionRow, event_id},
};

pub const FUNCTION: Function = Function::schedule(
    "auction",
    "sweep_ending_auctions",
    "Tells of auctions that end soon",
    Schedule::every(Span::minutes(1), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Auction).query().update(),
    Grant::table(Table::Operation).update().delete(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[AuctionEndingSoon::KIND])
.timeout_s(50);

/// How long before its scheduled end an auction is told of. A shorter one is not: whoever could
/// watch it has just seen it. Bids move an end only later than that.
const LEAD: Span = Span::minutes(30);
/// For so long the sweep may not run without anybody missing a notice.
const LATE_MAX: Span = Span::minutes(10);
const PAGE: u32 = 100;
const LEASE: Span = Span::seconds(50);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    Box::pin(single_run(&app, "sweep-ending-auctions", now, LEASE, sweep(&app, now))).await?;
    Ok(())
}

async fn sweep(app: &App, now: Instant) -> Result<(), Failure> {
    let to = now + LEAD;
    let from = to - LATE_MAX;
    let mut days = vec![from, to];
    days.dedup_by_key(|day| seoul_day(*day));
    let page = |day: &Instant, after| app.store.auctions_ending(*day, from, to, PAGE, after);
    each_item(days, page, |row| tell(app, row, now)).await
}

async fn tell(app: &App, row: AuctionRow, now: Instant) -> Result<(), Failure> {
    if row.soon_told_at.is_some() || row.ends_at.since(row.created_at) <= LEAD {
        return Ok(());
    }
    let soon =
        AuctionEndingSoon { auction_id: row.auction, title: row.title, ends_at: row.ends_at };
    let envelope = Envelope::new(event_id("soon", row.auction, 0), now, &soon);
    let told = app.store.auction_tell_soon(row.auction, &envelope).await;
    told.map(drop).map_err(|error| Failure::new(format!("{}: {error}", row.auction)))
}

#[cfg(test)]
mod tests;
