//! Queue, BidVoided — tells a bidder that a bid was taken back, and another that it leads again.

use domain::notification::{bid_voided, leads_again};
use events::{BidVoided, Event};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

use crate::notify::notify;

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_bid_voided",
    "Tells whom a voided bid concerns",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[BidVoided::KIND]),
)
.grants(&[Grant::table(Table::Notification).put()])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, voided) = message.event::<BidVoided>()?;
    notify(&app, &event, voided.bidder_id, bid_voided(voided.auction_id)).await?;
    match voided.leader_id {
        Some(leader) => {
            notify(&app, &event, leader, leads_again(voided.auction_id, voided.price)).await
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
