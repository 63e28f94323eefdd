//! `AuctionCreated` — arranges the first of the three triggers that close an auction on time.

use domain::auction::CLOSE_GRACE;
use events::{AuctionCreated, Event};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message};

use crate::{
    arm_close,
    closing::{ARM_BEFORE, CloseAuction, QUEUE},
};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "on_auction_created",
    summary: "Arranges the close of a new auction",
    trigger: Trigger::Queue(Queue {
        queue: "auction-created",
        events: &[AuctionCreated::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::CREATE_SCHEDULE, Grant::send(QUEUE)],
    memory_mb: 256,
    timeout_s: 10,
};

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, created) = message.event::<AuctionCreated>()?;
    let close = CloseAuction { auction_id: created.auction_id };
    let left = (created.ends_at + CLOSE_GRACE).since(message.now);
    if left <= messaging::QUEUE_DELAY_MAX {
        app.publisher.send(QUEUE, &close, left).await?;
        return Ok(());
    }
    let name = format!("close-{}", created.auction_id);
    let at = created.ends_at - ARM_BEFORE;
    app.publisher.schedule(&name, &arm_close::FUNCTION.id(), at, &close).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
