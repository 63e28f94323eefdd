//! Queue, OutBid — tells a bidder that somebody bids more.

use domain::notification::outbid;
use events::{Event, OutBid};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

use crate::notify::notify;

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_out_bid",
    "Tells a bidder that somebody bids more",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[OutBid::KIND]),
)
.grants(&[Grant::table(Table::Notification).put()])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, out_bid) = message.event::<OutBid>()?;
    let notice = outbid(out_bid.auction_id, out_bid.price, out_bid.ends_at);
    notify(&app, &event, out_bid.bidder_id, notice).await
}

#[cfg(test)]
mod tests;
