//! `TradeCompleted` — pays the seller, once.

use domain::trade::{State, Trade, settlement};
use events::{Event, TradeCompleted, TradeMoved};
use kernel::Instant;
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

pub const FUNCTION: Function = Function::queue(
    "trade",
    "settle_trade",
    "Pays the seller of a completed trade",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeCompleted::KIND]),
)
.grants(&[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[TradeMoved::KIND]);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, completed) = message.event::<TradeCompleted>()?;
    let id = completed.trade.trade_id;
    // A trade that is not there has no money.
    let Some(trade) = app.store.trade(id).await? else { return Ok(()) };
    if trade.settled_at.is_some() {
        return Ok(());
    }
    if trade.state != State::Completed {
        return Err(Failure::new(format!("trade {id} is {}", trade.state.as_str())));
    }
    settle(&app, &trade, message.now).await
}

/// Pays the seller of a completed trade, unless somebody has, or it has moved.
pub async fn settle(app: &App, trade: &Trade, now: Instant) -> Result<(), Failure> {
    let movement = settlement(trade)?;
    app.store.trade_settle(trade, &movement, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
