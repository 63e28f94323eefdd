//! The queue `close-auction` — closes an auction at its end, or waits on for an end that moved.

use domain::auction::{CLOSE_GRACE, Status};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message};
use store::Table;

use crate::closing::{CloseAuction, QUEUE, read_and_close};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "close_auction",
    summary: "Closes an auction at its end",
    trigger: Trigger::Queue(Queue {
        queue: QUEUE,
        events: &[],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[
        Grant::table(Table::Auction, &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
        Grant::send(QUEUE),
    ],
    memory_mb: 256,
    timeout_s: 10,
};

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let close: CloseAuction = message.json()?;
    let Some(head) = read_and_close(&app, close.auction_id, message.now).await? else {
        return Ok(());
    };
    if head.status == Status::Open {
        let left = (head.ends_at + CLOSE_GRACE).since(message.now);
        app.publisher.send(QUEUE, &close, left).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
