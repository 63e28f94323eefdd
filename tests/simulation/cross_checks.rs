//! What ended as it should, by what everybody else knows: the outcome of an auction against the
//! clock and those who asked for it, histories against what was paid, and who was told.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    auction::{Entry, EntryKind, Head, Status},
    trade::Trade,
};
use kernel::{Span, TradeId, UserId, Won};
use store::{
    ItemReader, Table,
    auction::{AuctionRow, LedgerRow},
    keys,
    trade::read_trade,
};
use testkit::Rows;

use crate::observations::Observations;

/// How far apart the clocks of two containers may be.
const CLOCKS_APART: Span = Span::seconds(4);

/// Everything that is not as others know it.
pub fn contradicted(
    rows: &Rows,
    observations: &Observations,
    admins: &BTreeSet<UserId>,
) -> Vec<String> {
    let trades: Vec<Trade> = rows
        .under(Table::Trade, store::keys::TRADE_PREFIX)
        .iter()
        .map(|item| read_trade(item).unwrap())
        .collect();
    let mut found = Vec::new();
    let auctions = rows.auctions();
    for head in rows.heads() {
        let auction = head.terms.auction;
        let ledger = rows.ledgers().get(&auction).map_or(&[][..], Vec::as_slice);
        found.extend(replayed(&head, ledger));
        found.extend(auctions.get(&auction).and_then(|row| too_early(&head, row)));
        found.extend(called_off(&head, ledger, observations, admins));
    }
    found.extend(prints(rows, &trades));
    found.extend(told(rows, &trades));
    found
}

/// I14: what the head keeps of its newest entries and of its leader is what the ledger says.
fn replayed(head: &Head, ledger: &[LedgerRow]) -> Vec<String> {
    let auction = head.terms.auction;
    let mut found = Vec::new();
    for (kept, row) in head.recent.iter().zip(ledger.iter().rev()) {
        if *kept != row.entry {
            let it = &row.entry;
            found.push(format!("I14: {auction}: the head has {kept:?}, the ledger {it:?}"));
        }
    }
    let most = |entry: &Entry| match (entry.kind, head.terms.buy_now) {
        (EntryKind::BuyNow, Some(price)) => price,
        _ => entry.maximum,
    };
    if let Some(lead) = head.lead {
        let stands = |row: &&LedgerRow| {
            let is_void = matches!(row.entry.kind, EntryKind::Void { .. });
            row.entry.bidder == lead.bidder && row.voided_by.is_none() && !is_void
        };
        let due: Option<Won> = ledger.iter().filter(stands).map(|row| most(&row.entry)).max();
        if due != Some(lead.maximum) {
            let has = lead.maximum;
            found.push(format!("I14: {auction}: its leader bid up to {due:?}, the head has {has}"));
        }
    }
    found
}

/// I5: nobody ends an auction before its end but a buyer at once, or somebody who calls it off.
fn too_early(head: &Head, row: &AuctionRow) -> Option<String> {
    let closing = row.closing.as_ref()?;
    let by_time = matches!(head.status, Status::Won | Status::Unsold);
    let early = by_time && closing.closed_at + CLOCKS_APART < head.ends_at;
    let (auction, at, end) = (head.terms.auction, closing.closed_at, head.ends_at);
    early.then(|| format!("I5: {auction} was closed at {at}, before its end at {end}"))
}

/// I6: a seller takes nothing back that has been bid on.
fn called_off(
    head: &Head,
    ledger: &[LedgerRow],
    observations: &Observations,
    admins: &BTreeSet<UserId>,
) -> Option<String> {
    if head.status != Status::Cancelled || head.lead.is_none() {
        return None;
    }
    let auction = head.terms.auction.to_string();
    let by_admin =
        admins.iter().any(|admin| observations.cancels.contains(&(auction.clone(), *admin)));
    let bids = ledger.len();
    (!by_admin).then(|| format!("I6: {auction} was taken back by its seller after {bids} bids"))
}

/// I14: the history of an instrument has every paid trade of two orders, once, and nothing else.
fn prints(rows: &Rows, trades: &[Trade]) -> Vec<String> {
    let mut printed: BTreeMap<TradeId, (usize, Won)> = BTreeMap::new();
    for item in rows.under(Table::Exchange, store::keys::RECENT_TRADES_PREFIX) {
        let row = ItemReader(&item);
        let price = row.won("price").unwrap();
        printed.entry(row.id("trade").unwrap()).or_insert((0, price)).0 += 1;
    }
    let mut found = Vec::new();
    for trade in trades.iter().filter(|trade| trade.matched().is_some()) {
        let due = trade.paid.is_some().then_some((1, trade.agreement.price));
        let has = printed.remove(&trade.id);
        if due != has {
            let id = trade.id;
            found.push(format!("I14: {id} should be in the history {due:?}, and is {has:?}"));
        }
    }
    found.extend(printed.keys().map(|id| format!("I14: {id} is in the history, and is no trade")));
    found
}

/// I12: both sides of a match were told.
fn told(rows: &Rows, trades: &[Trade]) -> Vec<String> {
    let mut notices: BTreeSet<(String, String, String)> = BTreeSet::new();
    for item in rows.table(Table::Notification) {
        let row = ItemReader(item);
        let (Some(kind), Some(link)) = (row.maybe_text("kind"), row.maybe_text("link")) else {
            continue;
        };
        let whose = row.text("pk").unwrap().to_owned();
        notices.insert((whose, kind.to_owned(), link.to_owned()));
    }
    let mut found = Vec::new();
    for trade in trades.iter().filter(|trade| trade.matched().is_some()) {
        for user in [trade.agreement.buyer, trade.agreement.seller] {
            let link = format!("/trades/{}", trade.id);
            let notice = (keys::notifications_of(user), "matched".to_owned(), link);
            if !notices.contains(&notice) {
                found.push(format!("I12: nobody told {user} of the match {}", trade.id));
            }
        }
    }
    found
}
