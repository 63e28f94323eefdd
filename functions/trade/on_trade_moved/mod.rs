//! `TradeMoved` — a parcel that was sent off is watched.

use domain::trade::Shipment;
use events::{Event, TradeMoved, TradeStep};
use platform::{App, Failure, Function, Grant, Queue, Secret, queue::Message};
use store::Table;

use crate::watching;

pub const FUNCTION: Function = Function::queue(
    "trade",
    "on_trade_moved",
    "Asks to be told where a parcel is that was sent off",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeMoved::KIND]),
)
.grants(&[Grant::table(Table::Trade).get().put()])
.timeout_s(60)
.secrets(&[Secret::Carrier]);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, TradeMoved { trade, step, .. }) = message.event::<TradeMoved>()?;
    if !matches!(step, TradeStep::Shipped | TradeStep::Forwarded | TradeStep::SentBack) {
        return Ok(());
    }
    let Some(trade) = app.store.trade(trade.trade_id).await? else { return Ok(()) };
    let shipment = match step {
        TradeStep::Shipped => trade.shipment.as_ref(),
        TradeStep::Forwarded => trade.forwarding.as_ref(),
        _ => trade.parcel_back(),
    };
    match shipment.and_then(Shipment::number) {
        Some(number) => watching::watch(&app, trade.id, &number, message.now).await,
        // Of before numbers were checked: no carrier can be asked.
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
