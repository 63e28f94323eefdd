//! Queue, OrderExpired, AskReturned — tells a trader what became of an order without a trade.

use domain::{exchange::Side, notification::OrderEnd};
use events::{AskReturned, Event, OrderExpired, OrderFacts};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

use crate::notify::notify;

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_order_ended",
    "Tells a trader what became of an order without a trade",
    Queue::new(|app, message| Box::pin(handle(app, message)))
        .events(&[OrderExpired::KIND, AskReturned::KIND]),
)
.grants(&[Grant::table(Table::Notification).put()])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    if let Ok((event, AskReturned { order, until })) = message.event::<AskReturned>() {
        let end = end(&order)?;
        let notice = until.map_or_else(|| end.dismissed(), |until| end.returned(until));
        return notify(&app, &event, order.user_id, notice).await;
    }
    let (event, OrderExpired { order }) = message.event::<OrderExpired>()?;
    notify(&app, &event, order.user_id, end(&order)?.expired()).await
}

fn end(order: &OrderFacts) -> Result<OrderEnd<'_>, Failure> {
    let OrderFacts { order_id, ref side, ref title, price, held, .. } = *order;
    let side = Side::parse(side).ok_or_else(|| Failure::new(format!("side {side}")))?;
    Ok(OrderEnd { order: order_id, side, title, price, held })
}

#[cfg(test)]
mod tests;
