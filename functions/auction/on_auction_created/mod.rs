//! `AuctionCreated` — arranges the first of the three triggers that close an auction on time.

use domain::auction::CLOSE_GRACE;
use events::{AuctionCreated, Event};
use platform::{App, Failure, Function, Queue, Service, queue::Message};

use crate::{
    arm_close, close_auction,
    closing::{ARM_BEFORE, CloseAuction},
};

pub const FUNCTION: Function = Function::queue(
    "auction",
    "on_auction_created",
    "Arranges the close of a new auction",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[AuctionCreated::KIND]),
)
.services(&[Service::Schedules, Service::queue_of(&close_auction::FUNCTION)]);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, created) = message.event::<AuctionCreated>()?;
    let close = CloseAuction { auction_id: created.auction_id };
    let left = (created.ends_at + CLOSE_GRACE).since(message.now);
    if left <= messaging::QUEUE_DELAY_MAX {
        app.publisher.send(close_auction::FUNCTION.full_name(), &close, left).await?;
        return Ok(());
    }
    let name = format!("close-{}", created.auction_id);
    let at = created.ends_at - ARM_BEFORE;
    app.publisher.schedule(&name, arm_close::FUNCTION.full_name(), at, &close).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
