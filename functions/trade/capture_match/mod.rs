//! `TradeMatched` — takes what a matched buyer's order holds into escrow, once.

use domain::trade::{Actor, Command, Rejection, decide};
use events::{Event, MatchFunding, TradeMatched, TradeMoved};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

pub const FUNCTION: Function = Function::queue(
    "trade",
    "capture_match",
    "Takes a matched order's held money into escrow",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeMatched::KIND]),
)
.grants(&[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[TradeMoved::KIND]);

/// Only the capture moves a trade that waits for it, here or in the sweep: whoever finds it moved
/// finds it paid.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, matched) = message.event::<TradeMatched>()?;
    if matched.funding != MatchFunding::Wallet {
        return Ok(());
    }
    let id = matched.trade.trade_id;
    // A trade that is not there has no hold to take.
    let Some(trade) = app.store.trade(id).await? else { return Ok(()) };
    match decide(&trade, Command::Capture, Actor::System, message.now) {
        Ok(decision) => {
            app.store.trade_commit(&trade, &decision, message.now).await?;
            Ok(())
        }
        Err(Rejection::WrongState { .. }) if trade.paid.is_some() => Ok(()),
        Err(rejection) => Err(rejection.into()),
    }
}

#[cfg(test)]
mod tests;
