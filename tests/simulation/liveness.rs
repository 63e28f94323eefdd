//! What must have followed from what is committed: judged when everything told has been done.
//!
//! An event that was lost leaves rows that are sound by themselves. What is missing is what should
//! have come of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    exchange::OrderState,
    ledger::{Account, JournalEntry},
    trade::{Reason, State, Trade},
};
use kernel::{TradeId, UserId};
use store::{
    Item, Table,
    exchange::read_order,
    keys,
    ledger::read_entry,
    trade::{read_trade, sale_failed, trade_of_auction},
};
use testkit::Rows;

/// Everything that should be there and is not.
pub fn missing(rows: &Rows) -> Vec<String> {
    let trades: BTreeMap<TradeId, Trade> = rows
        .under(Table::Trade, keys::TRADE_PREFIX)
        .iter()
        .map(|item| read_trade(item).unwrap())
        .map(|trade| (trade.id, trade))
        .collect();
    let mut found = ends(rows);
    found.extend(openings(rows, &trades));
    found.extend(consequences(rows, &trades));
    found.extend(returns(rows, &trades));
    found.extend(outside_of_indexes(rows, &trades));
    found
}

/// I14: the end that the head knows is the one that the last entry brought.
fn ends(rows: &Rows) -> Vec<String> {
    let mut found = Vec::new();
    for head in rows.heads() {
        let ledger = rows.ledger(head.terms.auction);
        let end = ledger.last().map_or(head.terms.scheduled_end, |row| row.entry.ends_at);
        if end != head.ends_at {
            let (auction, it) = (head.terms.auction, head.ends_at);
            found.push(format!("I14: {auction} ends at {end} by its ledger, at {it} by its head"));
        }
    }
    found
}

/// I18: whoever won is in a trade.
fn openings(rows: &Rows, trades: &BTreeMap<TradeId, Trade>) -> Vec<String> {
    let mut found = Vec::new();
    for (id, row) in rows.auctions() {
        let winner = row.closing.as_ref().and_then(|closing| closing.winner.as_ref());
        let Some(winner) = winner else { continue };
        let trade = trades.get(&trade_of_auction(id, 0));
        let agreed = trade.map(|trade| (trade.agreement.buyer, trade.agreement.price));
        if agreed != Some((winner.user_id, winner.price)) {
            found.push(format!("I18: {id} was won by {winner:?}, and its trade is {agreed:?}"));
        }
    }
    found
}

/// I18: a cancelled trade's penalty, strike and next bidder.
fn consequences(rows: &Rows, trades: &BTreeMap<TradeId, Trade>) -> Vec<String> {
    let journal = rows.under(Table::Wallet, keys::JOURNAL_PREFIX);
    let booked: BTreeMap<String, JournalEntry> = journal
        .iter()
        .map(|item| read_entry(item).unwrap())
        .map(|entry| (entry.reason.clone(), entry))
        .collect();
    let told: BTreeSet<String> =
        rows.table(Table::Outbox).iter().map(|item| text(item, "pk").to_owned()).collect();
    let mut found = Vec::new();
    let mut strikes: BTreeMap<UserId, usize> = BTreeMap::new();
    let mut card_strikes: BTreeMap<UserId, usize> = BTreeMap::new();
    for trade in trades.values() {
        let Some(cancellation) = &trade.cancellation else { continue };
        let (id, reason) = (trade.id, cancellation.reason);
        let buyer = trade.agreement.buyer;
        let goes_to = [Account::SpendOnly(buyer), Account::Earned(buyer), Account::Claim(id)];
        let entry = booked.get(&format!("penalty#{id}"));
        let goes = |entry: &JournalEntry| goes_to.map(|to| entry.change_of(to)).iter().sum();
        let penalty: i64 = entry.map_or(0, goes);
        if penalty != cancellation.penalty.get() {
            let due = cancellation.penalty;
            found.push(format!("I18: the penalty of {id} is {due}, and {penalty} are booked"));
        }
        if reason == Reason::PaymentDeclined {
            *card_strikes.entry(trade.agreement.buyer).or_default() += 1;
        }
        let Some(auction) = trade.auction() else { continue };
        if reason.is_strike() {
            *strikes.entry(trade.agreement.buyer).or_default() += 1;
        }
        if !reason.passes_on() {
            continue;
        }
        let next = trades.contains_key(&trade_of_auction(auction, trade.round() + 1));
        let (seller, title) = (trade.agreement.seller, String::new());
        let failed = sale_failed(auction, seller, title, cancellation.at).id.to_string();
        if !next && !told.contains(&failed) {
            found.push(format!("I18: {id} came to nothing ({reason:?}), and nobody was asked"));
        }
    }
    for (broken, kind, strikes) in
        [("unpaid wins", "strikes", strikes), ("refused cards", "cardStrikes", card_strikes)]
    {
        for (user, due) in strikes {
            let noted = noted(rows, user, kind);
            if noted != due {
                found.push(format!("I18: {user} has {due} {broken}, and {noted} strikes"));
            }
        }
    }
    found
}

/// How many strikes of a kind a user has.
fn noted(rows: &Rows, user: UserId, kind: &str) -> usize {
    let key = keys::standing(user);
    let rows = rows.under(Table::Auction, &key.pk);
    let row = rows.iter().find(|item| text(item, "sk") == key.sk);
    row.and_then(|item| item.get(kind)?.as_ss().ok()).map_or(0, Vec::len)
}

/// I18: the ask of a buyer whose card was declined is free again.
fn returns(rows: &Rows, trades: &BTreeMap<TradeId, Trade>) -> Vec<String> {
    let mut found = Vec::new();
    for item in rows.under(Table::Exchange, keys::ORDER_PREFIX) {
        let order = read_order(&item).unwrap();
        let trade = order.met.and_then(|met| trades.get(&met.trade));
        let Some(trade) = trade.filter(|trade| trade.state == State::Cancelled) else { continue };
        let reason = trade.cancellation.as_ref().map(|it| it.reason);
        let sells = trade.matched().is_some_and(|matched| matched.sell == order.id);
        if sells && reason.is_some_and(Reason::returns_ask) {
            found.push(format!("I18: order {} waits for a card that was declined", order.id));
        }
    }
    found
}

/// I16: what waits for somebody is where its sweep looks for it.
fn outside_of_indexes(rows: &Rows, trades: &BTreeMap<TradeId, Trade>) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |item: &Item, waits: bool, index: &str| {
        if waits != item.contains_key(index) {
            let pk = text(item, "pk");
            found.push(format!("I16: {pk} waits: {waits}, which {index} does not know"));
        }
    };
    for item in rows.under(Table::Trade, keys::TRADE_PREFIX) {
        let trade = trades.values().find(|trade| text(&item, "id") == trade.id.to_string());
        check(&item, trade.is_some_and(|trade| trade.due().is_some()), "gsi3pk");
    }
    for item in rows.under(Table::Exchange, keys::ORDER_PREFIX) {
        let state = read_order(&item).unwrap().state;
        if state != OrderState::Expired {
            check(&item, state == OrderState::Open, "gsi2pk");
        }
    }
    for item in rows.under(Table::Payment, keys::PAYMENT_PREFIX) {
        let payment = store::payment::read(&item).unwrap();
        check(&item, payment.due_at().is_some(), "gsi2pk");
    }
    for item in rows.under(Table::Wallet, keys::WALLET_PREFIX) {
        if text(&item, "sk").starts_with(keys::WITHDRAWAL_PREFIX) {
            check(&item, matches!(text(&item, "state"), "requested" | "sending"), "gsi1pk");
        }
    }
    let open: BTreeSet<String> = rows
        .auctions()
        .into_iter()
        .filter(|(_, row)| row.closing.is_none())
        .map(|(id, _)| keys::auction(id).pk)
        .collect();
    let won: BTreeSet<String> = rows
        .auctions()
        .into_iter()
        .filter(|(_, row)| row.closing.as_ref().is_some_and(|end| end.winner.is_some()))
        .map(|(id, _)| keys::auction(id).pk)
        .collect();
    let mut strays = Vec::new();
    for item in rows.under(Table::Auction, keys::AUCTION_PREFIX) {
        if text(&item, "sk") == "-" {
            let open = open.contains(text(&item, "pk"));
            check(&item, open, "gsi2pk");
            let listed = item.get("gsi1pk").map(|_| text(&item, "gsi1pk"));
            let won = won.contains(text(&item, "pk"));
            let fits = match listed {
                Some(keys::AUCTIONS_RUNNING) => open,
                Some(list) => won && list.starts_with("won#"),
                None => !open && !won,
            };
            if !fits {
                let pk = text(&item, "pk");
                strays.push(format!("I16: {pk} is on the list {listed:?}"));
            }
        }
    }
    found.extend(strays);
    found
}

fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str)
}
