//! Queue, OutBid — tells a bidder that somebody bids more.

use domain::notification::outbid;
use events::{Event, OutBid};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message};
use store::Table;

use crate::tell::tell;

pub const FUNCTION: Function = Function {
    context: "notification",
    name: "on_out_bid",
    summary: "Tells a bidder that somebody bids more",
    trigger: Trigger::Queue(Queue {
        queue: "notify-out-bid",
        events: &[OutBid::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::table(Table::Notification, &["dynamodb:PutItem"])],
    memory_mb: 256,
    timeout_s: 20,
};

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, out_bid) = message.event::<OutBid>()?;
    let notice = outbid(out_bid.auction_id, out_bid.price, out_bid.ends_at);
    tell(&app, &event, out_bid.bidder_id, notice).await
}

#[cfg(test)]
mod tests;
