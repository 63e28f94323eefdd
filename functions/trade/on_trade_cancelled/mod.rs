//! `TradeCancelled` — the strike, the next bidder.

use std::collections::BTreeSet;

use domain::{
    auction::{Entry, NextOffer, next_offer},
    trade::{Agreement, Reason, Source, State, Trade, policy::OFFERS_MAX},
};
use events::{Event, SaleFailed, TradeCancelled, TradeMoved};
use kernel::{AuctionId, Instant};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::{
    CommitError, Read, Table, Transaction,
    auction::{Strike, StrikeKind},
    trade::{sale_failed, trade_of_auction},
};

pub const FUNCTION: Function = Function::queue(
    "trade",
    "on_trade_cancelled",
    "Strike and second-chance offer after a cancelled trade",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeCancelled::KIND]),
)
.grants(&[
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Auction).get().query().update(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[TradeMoved::KIND, SaleFailed::KIND])
.timeout_s(30);

/// Each step repeats safely; none needs the others.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, event) = message.event::<TradeCancelled>()?;
    let id = event.trade.trade_id;
    // A trade that is not there has no money and no next bidder.
    let Some(trade) = app.store.trade(id).await? else { return Ok(()) };
    let ended = trade.state == State::Cancelled;
    if !ended {
        return Err(Failure::new(format!("trade {id} is {}", trade.state.as_str())));
    };
    strike(&app, &trade).await?;
    match passed_on(&trade) {
        Some((auction, round)) => pass_on(&app, &trade, auction, round, message.now).await,
        None => Ok(()),
    }
}

/// Notes who is to blame for a cancelled trade. Repeats safely.
pub async fn strike(app: &App, trade: &Trade) -> Result<(), Failure> {
    let Some(cancellation) = &trade.cancellation else { return Ok(()) };
    let Agreement { buyer, seller, .. } = trade.agreement;
    let strike = |kind| Strike { kind, trade: trade.id, at: cancellation.at };
    if trade.is_refused_win() {
        app.store.strike(seller, strike(StrikeKind::Seller)).await?;
    }
    if cancellation.reason.is_strike() && trade.auction().is_some() {
        app.store.strike(buyer, strike(StrikeKind::Unpaid)).await?;
    }
    if cancellation.reason == Reason::PaymentDeclined {
        app.store.strike(buyer, strike(StrikeKind::Card)).await?;
    }
    if cancellation.reason == Reason::NotMet {
        for side in [buyer, seller] {
            app.store.strike(side, strike(StrikeKind::Meeting)).await?;
        }
    }
    Ok(())
}

/// The auction, and which round of it came to nothing, if the next bidder is to be asked.
pub fn passed_on(trade: &Trade) -> Option<(AuctionId, u8)> {
    let passes_on = trade.cancellation.as_ref()?.reason.passes_on();
    match trade.agreement.source {
        Source::Auction { auction, round } if passes_on => Some((auction, round)),
        _ => None,
    }
}

/// Asks the next bidder, or tells the seller that there is none. Repeats safely.
pub async fn pass_on(
    app: &App,
    trade: &Trade,
    auction: AuctionId,
    round: u8,
    now: Instant,
) -> Result<(), Failure> {
    let next = round.saturating_add(1);
    let seller = trade.agreement.seller;
    let offer = if next > OFFERS_MAX { None } else { next_bidder(app, auction, next).await? };
    let Some(NextOffer { bidder: buyer, price }) = offer else {
        let event = sale_failed(auction, seller, trade.agreement.title.clone(), now);
        return match app.store.commit(Transaction::new().event(&event)).await {
            // Told before.
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        };
    };
    let source = Source::Auction { auction, round: next };
    let agreement = Agreement { source, buyer, price, ..trade.agreement.clone() };
    let offered = Trade::open(trade_of_auction(auction, next), agreement, now);
    app.store.trade_open(&offered).await?;
    Ok(())
}

/// Who is asked in this round: it follows from the ledger and from who was asked before.
async fn next_bidder(
    app: &App,
    auction: AuctionId,
    round: u8,
) -> Result<Option<NextOffer>, Failure> {
    let Some(head) = app.store.auction_head(auction, Read::Consistent).await? else {
        return Err(Failure::new(format!("no auction {auction}")));
    };
    let ledger = app.store.ledger_whole(auction).await?;
    // The ledger is written behind the bids.
    if u32::try_from(ledger.len())? < head.sequence {
        return Err(Failure::new("ledger entries are still to come"));
    }
    let mut asked = BTreeSet::new();
    for before in 0..round {
        let trade = app.store.trade(trade_of_auction(auction, before)).await?;
        let trade = trade.ok_or_else(|| Failure::new(format!("no trade of round {before}")))?;
        asked.insert(trade.agreement.buyer);
    }
    let history: Vec<Entry> = ledger.into_iter().map(|row| row.entry).collect();
    Ok(next_offer(&head, &history, &asked))
}

#[cfg(test)]
mod tests;
