//! Queue, TradeMoved — adds a paid trade of two orders to its instrument's history.

use domain::exchange::{Instrument, views::RecentTrade};
use events::{Event, ExchangeFacts, TradeMoved, TradeStep};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

pub const FUNCTION: Function = Function::queue(
    "exchange",
    "on_trade_moved",
    "Adds a paid trade to its option's history",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeMoved::KIND]),
)
.grants(&[Grant::table(Table::Exchange).batch_get().put().update()])
.timeout_s(20);

/// A trade is paid once, and its event keeps the instant at which it was.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, TradeMoved { trade, step, .. }) = message.event::<TradeMoved>()?;
    let (TradeStep::Paid, Some(ExchangeFacts { item_id, option, .. })) = (step, trade.exchange)
    else {
        return Ok(());
    };
    let recent = RecentTrade { at: event.occurred_at, trade: trade.trade_id, price: trade.price };
    let instrument = Instrument { item: item_id, option: option.parse()? };
    app.store.recent_trade_add(instrument, &recent).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
