//! A one-time schedule, 90 s before the end — puts the close into the queue, to appear at the end.

use domain::auction::CLOSE_GRACE;
use kernel::Span;
use platform::{App, Failure, Function, Grant, Schedule, Service, schedule::Tick};
use store::{Read, Table};

use crate::{close_auction, closing::CloseAuction};

pub const FUNCTION: Function = Function::schedule(
    "auction",
    "arm_close",
    "Turns a schedule into a delayed close message",
    Schedule::once(|app, tick| Box::pin(handle(app, tick))),
)
.grants(&[Grant::table(Table::Auction).get()])
.services(&[Service::queue_of(&close_auction::FUNCTION)]);

async fn handle(app: App, tick: Tick) -> Result<(), Failure> {
    let close: CloseAuction = tick.json()?;
    let head = app.store.auction_head(close.auction_id, Read::Consistent).await?;
    // An auction that is gone needs no close.
    let left = head.map_or(Span::default(), |head| (head.ends_at + CLOSE_GRACE).since(tick.now));
    app.publisher.send(close_auction::FUNCTION.full_name(), &close, left).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
