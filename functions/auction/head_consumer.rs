//! From a change of the head to everything that follows from it: the ledger row, the price event,
//! the outbid bidder, the outcome. Each step repeats safely; none needs the others.

use domain::auction::{Entry, EntryKind, Head, Status};
use events::{AuctionClosed, AuctionOutcome, BidVoided, Envelope, OutBid, PriceChanged, Winner};
use kernel::{Instant, Span};
use platform::{App, Failure};
use store::auction::{Closing, event_id};

/// Follows one change of a head.
pub async fn consume(
    app: &App,
    old: Option<&Head>,
    new: &Head,
    now: Instant,
) -> Result<(), Failure> {
    let auction = new.terms.auction;
    let before = old.map_or(0, |head| head.sequence);
    if new.sequence > before
        && let Some(entry) = new.recent.first()
    {
        check_chain(old, new, entry)?;
        app.store.ledger_record(auction, entry).await?;
        if let EntryKind::Void { sequence } = entry.kind {
            app.store.ledger_mark_void(auction, entry, sequence).await?;
        }
        app.publisher.publish(&events_of(old, new, entry)).await?;
    }
    if new.status != Status::Open {
        return publish_outcome(app, new, now).await;
    }
    if old.is_some_and(|old| step_of(old.ends_at) != step_of(new.ends_at)) {
        app.store.auction_end_moved(auction, new.ends_at).await?;
    }
    Ok(())
}

/// The lists follow an end that moves whenever it enters another of these spans, whatever the rate
/// of bids: an entry is behind its auction by less than one, and by what the stream is behind.
const LIST_STEP: Span = Span::seconds(30);

const fn step_of(ends_at: Instant) -> i64 {
    ends_at.millis() / LIST_STEP.as_millis()
}

/// An entry that does not follow from the one before it must never become history.
fn check_chain(old: Option<&Head>, new: &Head, entry: &Entry) -> Result<(), Failure> {
    let Some(old) = old else { return Ok(()) };
    let due = entry.clone().sealed(new.terms.auction, old.chain);
    let follows = entry.sequence == old.sequence.saturating_add(1) && due.hash == new.chain;
    if follows {
        return Ok(());
    }
    Err(Failure::new(format!("entry {} of {} breaks the chain", entry.sequence, new.terms.auction)))
}

fn events_of(old: Option<&Head>, new: &Head, entry: &Entry) -> Vec<Envelope> {
    let auction = new.terms.auction;
    let at = entry.received_at;
    let price = PriceChanged {
        auction_id: auction,
        epoch: new.epoch,
        sequence: new.sequence,
        price: new.price,
        bid_count: new.bid_count,
        ends_at: new.ends_at,
    };
    let mut events = vec![Envelope::new(event_id("price", auction, new.sequence), at, &price)];
    let before = old.and_then(|old| old.lead);
    if let EntryKind::Void { .. } = entry.kind {
        let leader = new.lead.filter(|lead| before.is_none_or(|old| old.bidder != lead.bidder));
        let voided = BidVoided {
            auction_id: auction,
            bidder_id: entry.bidder,
            leader_id: leader.map(|lead| lead.bidder),
            price: new.price,
            ends_at: new.ends_at,
        };
        events.push(Envelope::new(event_id("voided", auction, new.sequence), at, &voided));
    }
    let beaten = before;
    let beaten = beaten.filter(|lead| new.lead.is_some_and(|now| now.bidder != lead.bidder));
    if let (Some(lead), EntryKind::Bid) = (beaten, entry.kind) {
        let out = OutBid {
            auction_id: auction,
            bidder_id: lead.bidder,
            by_bid_id: entry.bid_id(auction),
            price: new.price,
            ends_at: new.ends_at,
        };
        events.push(Envelope::new(event_id("outbid", auction, new.sequence), at, &out));
    }
    events
}

/// Writes the outcome of a closed head into the auction's row and tells it, once.
pub async fn publish_outcome(app: &App, head: &Head, now: Instant) -> Result<(), Failure> {
    let auction = head.terms.auction;
    let outcome = match head.status {
        Status::Open => return Ok(()),
        Status::Won => AuctionOutcome::Won,
        Status::SoldBuyNow => AuctionOutcome::SoldBuyNow,
        Status::Unsold => AuctionOutcome::Unsold,
        Status::Cancelled => AuctionOutcome::Cancelled,
    };
    let Some(row) = app.store.auction_row(auction).await? else {
        return Err(Failure::new(format!("auction {auction} has a head and no row")));
    };
    if row.closing.is_some() {
        return Ok(());
    }
    let sold = matches!(outcome, AuctionOutcome::Won | AuctionOutcome::SoldBuyNow);
    let winner = head.lead.filter(|_| sold).map(|lead| Winner {
        user_id: lead.bidder,
        bid_id: domain::auction::ledger::bid_id(auction, lead.bidder, lead.key),
        price: head.price,
    });
    let closed = AuctionClosed {
        auction_id: auction,
        seller_id: head.terms.seller,
        title: row.title,
        outcome,
        winner: winner.clone(),
        closed_at: now,
    };
    let envelope = Envelope::new(event_id("closed", auction, 0), now, &closed);
    let closing = Closing { outcome, winner, closed_at: now };
    app.store.auction_settle(auction, &closing, &envelope).await?;
    Ok(())
}
