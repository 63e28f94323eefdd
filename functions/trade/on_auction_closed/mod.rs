//! `AuctionClosed` — opens the winner's trade.

use domain::trade::{Agreement, Source, Trade, Variant};
use events::{AuctionClosed, Event, TradeMoved, Winner};
use kernel::{AuctionId, Instant, UserId};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::{Table, trade::trade_of_auction};

pub const FUNCTION: Function = Function::queue(
    "trade",
    "on_auction_closed",
    "Opens the trade of a won auction",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[AuctionClosed::KIND]),
)
.grants(&[Grant::table(Table::Trade).put(), Grant::table(Table::Outbox).put()])
.tells(&[TradeMoved::KIND]);

/// A message that comes late gives the winner the whole time from then on; one that comes again
/// finds the trade there.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, closed) = message.event::<AuctionClosed>()?;
    let AuctionClosed { auction_id: auction, seller_id: seller, title, winner, .. } = closed;
    match winner {
        Some(winner) => open(&app, Sold { auction, seller, title, winner }, message.now).await,
        None => Ok(()),
    }
}

/// An auction that somebody won.
pub struct Sold {
    pub auction: AuctionId,
    pub seller: UserId,
    pub title: String,
    pub winner: Winner,
}

/// Opens its trade, once.
pub async fn open(app: &App, sold: Sold, now: Instant) -> Result<(), Failure> {
    let Sold { auction, seller, title, winner } = sold;
    let agreement = Agreement {
        source: Source::Auction { auction, round: 0 },
        variant: Variant::Direct,
        seller,
        buyer: winner.user_id,
        title,
        price: winner.price,
    };
    app.store.trade_open(&Trade::open(trade_of_auction(auction, 0), agreement, now)).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
