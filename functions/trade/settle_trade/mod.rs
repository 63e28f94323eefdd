//! `TradeCompleted` — pays the seller, once.

use domain::trade::{State, settlement};
use events::{Event, TradeCompleted, TradeMoved};
use kernel::Won;
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::{Read, Table};

pub const FUNCTION: Function = Function::queue(
    "trade",
    "settle_trade",
    "Pays the seller of a completed trade",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeCompleted::KIND]),
)
.grants(&[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[TradeMoved::KIND]);

/// The seller's debt may be repaid by another settlement between reading and writing; the message
/// then comes again and reads what is left.
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
    let balance = app.store.balance(trade.agreement.seller, Read::Consistent).await?;
    let debt = Won::new(balance.penalty.saturating_neg()).unwrap_or_default();
    let movement = settlement(&trade, debt)?;
    app.store.trade_settle(&trade, &movement, message.now).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
