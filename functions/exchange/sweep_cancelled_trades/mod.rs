//! Every ten minutes — does what a cancelled trade should have brought on the exchange, and did
//! not: the ask that returns, the debtor's orders that end, what leaves an option's history.
//!
//! It looks at the trades that were cancelled since it last got through, a while ago. What was done
//! is found done.

use domain::trade::{State, Trade};
use events::{AskReturned, Event, OrderExpired, TradeMatched};
use kernel::{Instant, Span, Won};
use platform::{
    App, Failure, Function, Grant, Schedule,
    schedule::{Tick, each_item, each_lost},
};
use store::{Interval, Table, trade::LISTS};

use crate::on_trade_cancelled;

pub const FUNCTION: Function = Function::schedule(
    "exchange",
    "sweep_cancelled_trades",
    "Does what a lost event should have brought on the exchange of a cancelled trade",
    Schedule::every(Span::minutes(10), |app, tick| Box::pin(handle(app, tick))),
)
.grants(&[
    Grant::table(Table::Exchange).batch_get().get().query().put().update().delete().check(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Auction).get(),
    Grant::table(Table::Payment).update(),
    Grant::table(Table::Trade).query().put(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().update().delete(),
])
.tells(&[TradeMatched::KIND, OrderExpired::KIND, AskReturned::KIND])
.memory_mb(512)
.timeout_s(120);

const JOB: &str = "exchange-consequences";
const PAGE: u32 = 100;
async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let now = tick.now;
    each_lost(&app, JOB, now, |within| sweep(&app, within, now)).await
}

async fn sweep(app: &App, within: Interval, now: Instant) -> Result<(), Failure> {
    each_item(
        0..LISTS,
        |list, after| app.store.trades_entered(State::Cancelled, *list, within, PAGE, after),
        |trade| follow(app, trade, now),
    )
    .await
}

async fn follow(app: &App, trade: Trade, now: Instant) -> Result<(), Failure> {
    let ended = trade.cancellation.as_ref();
    let owed = ended.is_some_and(|ended| ended.penalty > Won::ZERO);
    let done = Box::pin(on_trade_cancelled::follow(app, &trade, owed, now)).await;
    done.map_err(|failure| Failure::new(format!("{}: {failure}", trade.id)))
}

#[cfg(test)]
mod tests;
