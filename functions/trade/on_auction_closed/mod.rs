//! `AuctionClosed` — opens the winner's trade.

use domain::trade::{Agreement, Source, Trade, Variant};
use events::{AuctionClosed, Event, TradeMoved};
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
    let Some(winner) = closed.winner else { return Ok(()) };
    let agreement = Agreement {
        source: Source::Auction { auction: closed.auction_id, round: 0 },
        variant: Variant::Direct,
        seller: closed.seller_id,
        buyer: winner.user_id,
        title: closed.title,
        price: winner.price,
    };
    let id = trade_of_auction(closed.auction_id, 0);
    app.store.trade_open(&Trade::open(id, agreement, message.now)).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
