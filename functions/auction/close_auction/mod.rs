//! Queue, delayed — closes an auction at its end, or waits on for an end that moved.

use domain::auction::{CLOSE_GRACE, Status};
use platform::{App, Failure, Function, FunctionName, Grant, Queue, Service, queue::Message};
use store::Table;

use crate::closing::{CloseAuction, read_and_close};

pub const FUNCTION: Function = Function::queue(
    "auction",
    "close_auction",
    "Closes an auction at its end",
    Queue::new(|app, message| Box::pin(handle(app, message))),
)
.grants(&[Grant::table(Table::Auction).get().update()])
.services(&[Service::OwnQueue]);

/// Apart from `handle`: [`FUNCTION`] holds that one, so the compiler would turn in a circle.
const fn own_queue() -> FunctionName {
    FUNCTION.full_name()
}

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let close: CloseAuction = message.json()?;
    let Some(head) = read_and_close(&app, close.auction_id, message.now).await? else {
        return Ok(());
    };
    if head.status == Status::Open {
        let left = (head.ends_at + CLOSE_GRACE).since(message.now);
        app.publisher.send(own_queue(), &close, left).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
