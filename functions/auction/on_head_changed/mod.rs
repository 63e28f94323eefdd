//! The stream of auction heads — records bids, tells prices, finishes closed auctions.

use events::{AuctionClosed, BidVoided, Event, OutBid, PriceChanged};
use platform::{App, Failure, Function, Grant, Service, Stream, stream::Change};
use store::{Table, auction::decode_head, keys};

use crate::head_consumer::consume;

pub const FUNCTION: Function = Function::stream(
    "auction",
    "on_head_changed",
    "Records bids and outcomes",
    Stream::new(Table::Auction, |app, change| Box::pin(handle(app, change)))
        .pk_prefix(keys::AUCTION_HEAD_PREFIX),
)
.grants(&[Grant::table(Table::Auction).put().update().get(), Grant::table(Table::Outbox).put()])
.services(&[Service::EventBus])
.tells(&[PriceChanged::KIND, BidVoided::KIND, OutBid::KIND, AuctionClosed::KIND])
.memory_mb(512)
.timeout_s(30);

async fn handle(app: App, change: Change) -> Result<(), Failure> {
    // Some engines report a write that changed nothing, and heads are never deleted.
    let Some(new) = change.new.as_ref().filter(|_| change.old != change.new) else {
        return Ok(());
    };
    let new = decode_head(new)?;
    let old = change.old.as_ref().map(decode_head).transpose()?;
    consume(&app, old.as_ref(), &new, change.now).await
}

#[cfg(test)]
mod tests;
