//! Queue, TradeMoved — adds a paid trade of two orders to its instrument's history.

use domain::exchange::views::Print;
use events::{Event, ExchangeFacts, TradeMoved, TradeStep};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message};
use store::Table;

pub const FUNCTION: Function = Function {
    context: "exchange",
    name: "on_trade_moved",
    summary: "Adds a paid trade to its option's history",
    trigger: Trigger::Queue(Queue {
        queue: "exchange-trade-moved",
        events: &[TradeMoved::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::table(
        Table::Exchange,
        &["dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    )],
    memory_mb: 256,
    timeout_s: 20,
};

/// A trade is paid once, and its event keeps the instant at which it was.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, TradeMoved { trade, step, .. }) = message.event::<TradeMoved>()?;
    let (TradeStep::Paid, Some(ExchangeFacts { item_id, option, .. })) = (step, trade.exchange)
    else {
        return Ok(());
    };
    let print = Print { at: event.occurred_at, trade: trade.trade_id, price: trade.price };
    app.store.print_add((item_id, option.parse()?), &print).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
