//! I4, I5 and I6 of auctions, and the amounts of trades, by the rules' second implementation: a
//! rule that is wrong in the product is found although the product agrees with itself.

use std::collections::BTreeMap;

use agreement::{accepted, who};
use domain::{
    auction::{Entry, EntryKind, Head, Status},
    exchange::{OrderFunding, Price, Side},
    trade::{Cancellation, Reason, Source, Trade},
};
use kernel::{AuctionId, Span, TradeId};
use oracle::{
    AcceptedBid, Lot, Misconduct, Objection, Phase, Saleroom, SoldBy, Tender, Who, ask_deposit,
    buyer_fee, card_bid_deposit, next_offer, penalty, seller_fee, taken_back,
};
use store::{
    Table,
    auction::{AuctionRow, LedgerRow},
    exchange::read_order,
    keys,
};
use testkit::Rows;

/// How soon after the payment a seller refuses early.
const EARLY: Span = Span::hours(1);

/// Everything that the rules would have otherwise.
pub fn contradicted(rows: &Rows, trades: &[Trade]) -> Vec<String> {
    let auctions = rows.auctions();
    let mut found = Vec::new();
    for head in rows.heads() {
        let auction = head.terms.auction;
        let ledger = rows.ledgers().get(&auction).map_or(&[][..], Vec::as_slice);
        let replay = match replay(&head, ledger) {
            Ok(replay) => replay,
            Err(what) => {
                found.push(what);
                continue;
            }
        };
        found.extend(auctions.get(&auction).and_then(|row| outcome(&head, row, &replay.room)));
        found.extend(offers(auction, &replay, trades));
    }
    found.extend(trades.iter().flat_map(amounts));
    found.extend(deposits(rows, trades));
    found
}

/// I10: what an order sets aside is what the rules say of its price; a seller's that meets another
/// order as it comes, of the price of the trade.
fn deposits(rows: &Rows, trades: &[Trade]) -> Vec<String> {
    let orders = rows.under(Table::Exchange, keys::ORDER_PREFIX);
    let orders = orders.iter().map(|item| read_order(item).unwrap());
    let wrong = orders.flat_map(|order| {
        let by_price = |price: Price| match order.terms.funding {
            OrderFunding::Wallet => 0,
            OrderFunding::Card(_) => card_bid_deposit(price.get()),
            OrderFunding::Seller => ask_deposit(price.get()),
        };
        let first = order.as_placed();
        let sells = order.terms.side == Side::Sell;
        let met = order.at_once.filter(|_| sells).map_or(first.price, |met| met.price);
        let then = (first.deposit.get(), vec![by_price(met)]);
        // With another price since, or another one met: with what it had, if nobody asked it.
        let own = |trade: &&Trade| trade.matched().is_some_and(|it| it.sell == order.id);
        let sold = trades.iter().filter(own).map(|trade| ask_deposit(trade.agreement.price.get()));
        let due = [by_price(order.terms.price), then.0].into_iter().chain(sold);
        let now = (order.terms.deposit.get(), due.collect());
        let id = order.id;
        let wrong = [then, now].into_iter().filter(|(has, due)| !due.contains(has));
        wrong.map(move |(has, due)| format!("I10: order {id} sets {has} aside, by rule {due:?}"))
    });
    wrong.collect()
}

/// What the seller fixed, for the oracle.
pub fn lot(head: &Head) -> Lot {
    let terms = &head.terms;
    Lot {
        seller: who(terms.seller),
        start_price: terms.start_price.get(),
        increment: terms.increment.map(|won| won.get()),
        reserve: terms.reserve.map(|won| won.get()),
        buy_now: terms.buy_now.map(|won| won.get()),
        opens_at: terms.starts_at.millis(),
        scheduled_end: terms.scheduled_end.millis(),
        extends: terms.soft_close,
    }
}

/// An auction as its ledger makes it by the rules.
struct Replay {
    room: Saleroom,
    lines: Vec<AcceptedBid>,
}

/// Follows a ledger; what first differs is told, and nothing after it.
fn replay(head: &Head, ledger: &[LedgerRow]) -> Result<Replay, String> {
    let auction = head.terms.auction;
    let mut replay = Replay { room: Saleroom::of(lot(head)), lines: Vec::new() };
    for LedgerRow { entry, .. } in ledger {
        let before = replay.room.clone();
        let place = format!("{auction}, entry {}", entry.sequence);
        apply(&mut replay, entry).map_err(|(label, what)| format!("{label}: {place}: {what}"))?;
        replay.lines.push(accepted(entry));
        let room = &replay.room;
        let leads = room.leading.map(|leading| leading.who);
        let rises = entry.price.get() > before.price || before.leading.is_none();
        let changes = before.leading.map(|leading| leading.who) != Some(who(entry.bidder));
        let wrong = if entry.price.get() != room.price {
            Some(("I4", format!("its price is {}, by the rules {}", entry.price, room.price)))
        } else if entry.kind == EntryKind::Bid && changes && !rises {
            Some(("I4", format!("a challenger's bid leaves the price at {}", entry.price)))
        } else if entry.leader != leads.and_then(|who| tag_of(ledger, who)) {
            Some(("I4", format!("by the rules {:?} leads, not {:?}", room.leading, entry.leader)))
        } else if entry.ends_at.millis() != room.ends_at {
            let moved = entry.ends_at.millis() - room.ends_at;
            Some(("I5", format!("its end is {moved} ms later than by the rules")))
        } else {
            None
        };
        if let Some((label, what)) = wrong {
            return Err(format!("{label}: {place}: {what}: {entry:?}"));
        }
    }
    Ok(replay)
}

/// The tag of whoever bid.
fn tag_of(ledger: &[LedgerRow], bidder: Who) -> Option<domain::auction::BidderTag> {
    let of = |row: &&LedgerRow| who(row.entry.bidder) == bidder;
    ledger.iter().find(of).map(|row| row.entry.tag)
}

/// What an entry does to the room; what speaks against it, with the invariant that it breaks.
fn apply(replay: &mut Replay, entry: &Entry) -> Result<(), (&'static str, String)> {
    let at = entry.received_at.millis();
    if let EntryKind::Void { sequence } = entry.kind {
        let without = taken_back(&replay.room, &replay.lines, sequence, at);
        let nothing = || ("I4", format!("the rules take no bid {sequence} back: {entry:?}"));
        replay.room = without.ok_or_else(nothing)?;
        return Ok(());
    }
    let tender = Tender {
        who: who(entry.bidder),
        amount: entry.asked.get(),
        maximum: entry.maximum.get(),
        at,
        // Of that time, and not to be known from a ledger.
        blocked: false,
        strikes: 0,
        owes: false,
    };
    let taken = replay.room.bid(&tender).map_err(|objections| {
        let in_time = !objections.contains(&Objection::Over);
        (
            if in_time { "I4" } else { "I5" },
            format!("refused by the rules, {objections:?}: {entry:?}"),
        )
    })?;
    let bought = entry.kind == EntryKind::BuyNow;
    if taken.bought != bought {
        return Err(("I6", format!("by the rules it buys: {}: {entry:?}", taken.bought)));
    }
    Ok(())
}

/// I6: state and winner are what the ledger comes to.
fn outcome(head: &Head, row: &AuctionRow, room: &Saleroom) -> Option<String> {
    let phase = match head.status {
        // Not closed yet, or called off: the ledger does not say.
        Status::Open if room.phase == Phase::Running => return None,
        Status::Cancelled if room.phase == Phase::Running => return None,
        Status::Open => Phase::Running,
        Status::Cancelled => Phase::CalledOff,
        Status::Won => Phase::Won,
        Status::SoldBuyNow => Phase::BoughtNow,
        Status::Unsold => Phase::Unsold,
    };
    let due = room.outcome();
    let auction = head.terms.auction;
    if phase != due {
        return Some(format!("I6: {auction} is {phase:?}, by the rules {due:?}: {room:?}"));
    }
    let sold = matches!(due, Phase::Won | Phase::BoughtNow);
    let winner = room.leading.filter(|_| sold).map(|leading| (leading.who, room.price));
    let told = row.closing.as_ref()?.winner.as_ref();
    let told = told.map(|winner| (who(winner.user_id), winner.price.get()));
    let wrong = told != winner;
    wrong.then(|| format!("I6: {auction} was won by {told:?}, by the rules by {winner:?}"))
}

/// I6: whoever is asked after a win that came to nothing is whom the ledger gives without everybody
/// asked before, at the price that it gives.
fn offers(auction: AuctionId, replay: &Replay, trades: &[Trade]) -> Vec<String> {
    let rounds = rounds(auction, trades);
    let mut found = Vec::new();
    let mut asked: Vec<Who> = Vec::new();
    for (round, trade) in &rounds {
        let has = (who(trade.agreement.buyer), trade.agreement.price.get());
        if *round > 0 {
            let due = next_offer(&replay.room.lot, &replay.lines, &asked);
            if due != Some(has) {
                let place = format!("{auction}, round {round}");
                found.push(format!("I6: {place} asks {has:?}, by the rules {due:?}"));
            }
        }
        asked.push(has.0);
        let passed_on = trade.cancellation.as_ref().is_some_and(|it| it.reason.passes_on());
        let next = passed_on.then(|| next_offer(&replay.room.lot, &replay.lines, &asked)).flatten();
        let is_last = !rounds.contains_key(&(round + 1));
        if let (Some(next), true) = (next, is_last) {
            found.push(format!("I6: {auction}: {next:?} should be asked after round {round}"));
        }
    }
    found
}

/// What goods are worth by the rules: of a second chance its due price, and of any other trade what
/// was agreed.
pub fn worths(rows: &Rows, trades: &[Trade]) -> BTreeMap<TradeId, i64> {
    let mut worths = BTreeMap::new();
    for head in rows.heads() {
        let auction = head.terms.auction;
        let ledger = rows.ledgers().get(&auction).map_or(&[][..], Vec::as_slice);
        let lines: Vec<AcceptedBid> = ledger.iter().map(|row| accepted(&row.entry)).collect();
        let mut asked: Vec<Who> = Vec::new();
        for trade in rounds(auction, trades).values() {
            let due = next_offer(&lot(&head), &lines, &asked).filter(|_| trade.round() > 0);
            worths.extend(due.map(|(_, price)| (trade.id, price)));
            asked.push(who(trade.agreement.buyer));
        }
    }
    worths
}

/// The trades of an auction, by round.
fn rounds(auction: AuctionId, trades: &[Trade]) -> BTreeMap<u8, &Trade> {
    let of = |trade: &&Trade| trade.auction() == Some(auction);
    trades.iter().filter(of).map(|trade| (trade.round(), trade)).collect()
}

/// What the price's shares come to in a trade.
fn amounts(trade: &Trade) -> Vec<String> {
    let price = trade.agreement.price.get();
    let sold_by = match trade.agreement.source {
        Source::Auction { .. } => SoldBy::Auction,
        Source::Listing => SoldBy::Listing,
        Source::Exchange(_) => SoldBy::Exchange,
    };
    let fees = [trade.seller_fee.get(), trade.buyer_fee.get()];
    // On what the seller keeps.
    let kept = price - trade.refunded.get();
    let due = [seller_fee(sold_by, kept), buyer_fee(sold_by, price)];
    let mut found = Vec::new();
    if fees != due {
        let id = trade.id;
        found.push(format!("I1: the fees of {id} are {fees:?} of {price}, by the rules {due:?}"));
    }
    if let Some(cancellation) = &trade.cancellation {
        let due = misconduct(trade, cancellation).map_or(0, |what| penalty(what, price));
        let has = cancellation.penalty.get();
        if has != due {
            let id = trade.id;
            let reason = cancellation.reason;
            found.push(format!("I1: {id} ({reason:?}) costs its seller {has}, by the rules {due}"));
        }
    }
    found
}

/// What the seller did, if the seller is to blame.
fn misconduct(trade: &Trade, cancellation: &Cancellation) -> Option<Misconduct> {
    match cancellation.reason {
        Reason::SellerRefused => {
            let late = trade.paid.is_some_and(|paid| cancellation.at >= paid.at + EARLY);
            Some(if late { Misconduct::RefusedLate } else { Misconduct::RefusedEarly })
        }
        Reason::NotShipped | Reason::NotHandedIn => Some(Misconduct::RefusedLate),
        Reason::Mismatch => Some(Misconduct::Mismatch),
        Reason::Counterfeit => Some(Misconduct::Counterfeit),
        _ => None,
    }
}
