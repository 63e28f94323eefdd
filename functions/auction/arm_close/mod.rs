//! A one-time schedule, 90 s before the end — puts the close into the queue, to appear at the end.

use domain::auction::CLOSE_GRACE;
use kernel::Span;
use platform::{App, Failure, Function, Grant, Schedule, Trigger, schedule::Tick};
use store::{Read, Table};

use crate::closing::{CloseAuction, QUEUE};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "arm_close",
    summary: "Turns a schedule into a delayed close message",
    trigger: Trigger::Schedule(Schedule {
        every: None,
        handle: |app, tick| Box::pin(handle(app, tick)),
    }),
    grants: &[Grant::table(Table::Auction, &["dynamodb:GetItem"]), Grant::send(QUEUE)],
    memory_mb: 256,
    timeout_s: 10,
};

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let close: CloseAuction = tick.json()?;
    let head = app.store.auction_head(close.auction_id, Read::Consistent).await?;
    // An auction that is gone needs no close.
    let left = head.map_or(Span::default(), |head| (head.ends_at + CLOSE_GRACE).since(tick.now));
    app.publisher.send(QUEUE, &close, left).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
