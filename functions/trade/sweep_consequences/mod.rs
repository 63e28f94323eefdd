//! Every ten minutes — does what an event should have brought, and did not: the winner's trade, the
//! seller's money, strikes, the next offer.
//!
//! It looks at states, not at messages: at everything that came to its end since it last got
//! through, a while ago. What was done is found done.

use domain::trade::{State, Trade};
use events::{Event, SaleFailed, TradeMoved};
use kernel::{Instant, Span};
use platform::{
    App, Failure, Function, Grant, Schedule,
    schedule::{Tick, each_item, each_lost},
};
use store::{
    Interval, Table,
    auction::AuctionRow,
    trade::{LISTS, trade_of_auction},
};

use crate::{on_auction_closed, on_trade_cancelled, settle_trade};

pub const FUNCTION: Function = Function::schedule(
    "trade",
    "sweep_consequences",
    "Does what a lost event should have brought of an auction or a trade that is over",
    Schedule::every(Span::minutes(10), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Trade).get().query().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Auction).get().query().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().update().delete(),
])
.tells(&[TradeMoved::KIND, SaleFailed::KIND])
.memory_mb(512)
.timeout_s(120);

const JOB: &str = "trade-consequences";
const PAGE: u32 = 100;
async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    each_lost(&app, JOB, now, |within| sweep(&app, within, now)).await
}

/// None of them keeps the others waiting.
async fn sweep(app: &App, within: Interval, now: Instant) -> Result<(), Failure> {
    let auctions = each_item(
        within.days(),
        |day, after| app.store.auctions_won(*day, within, PAGE, after),
        |auction| won(app, auction, now),
    );
    let auctions = auctions.await;
    let completed = trades(app, State::Completed, within, now).await;
    let cancelled = trades(app, State::Cancelled, within, now).await;
    auctions.and(completed).and(cancelled)
}

async fn trades(app: &App, state: State, within: Interval, now: Instant) -> Result<(), Failure> {
    each_item(
        0..LISTS,
        |list, after| app.store.trades_entered(state, *list, within, PAGE, after),
        |trade| over(app, trade, now),
    )
    .await
}

/// The index lags behind, and every write is conditional.
async fn over(app: &App, trade: Trade, now: Instant) -> Result<(), Failure> {
    let done = match trade.state {
        State::Completed if trade.settled_at.is_none() => {
            settle_trade::settle(app, &trade, now).await
        }
        State::Cancelled => cancelled(app, &trade, now).await,
        _ => Ok(()),
    };
    done.map_err(|failure| Failure::new(format!("{}: {failure}", trade.id)))
}

async fn cancelled(app: &App, trade: &Trade, now: Instant) -> Result<(), Failure> {
    on_trade_cancelled::strike(app, trade).await?;
    let Some((auction, round)) = on_trade_cancelled::passed_on(trade) else { return Ok(()) };
    // Whether nobody was left to be asked only the whole ledger says: it is read again.
    let next = trade_of_auction(auction, round.saturating_add(1));
    if app.store.trade(next).await?.is_some() {
        return Ok(());
    }
    on_trade_cancelled::pass_on(app, trade, auction, round, now).await
}

/// A winner has a trade.
async fn won(app: &App, auction: AuctionRow, now: Instant) -> Result<(), Failure> {
    let winner = auction.closing.and_then(|closing| closing.winner);
    let Some(winner) = winner else { return Ok(()) };
    if app.store.trade(trade_of_auction(auction.auction, 0)).await?.is_some() {
        return Ok(());
    }
    let AuctionRow { auction, seller, title, .. } = auction;
    on_auction_closed::open(app, on_auction_closed::Sold { auction, seller, title, winner }, now)
        .await
}

#[cfg(test)]
mod tests;
