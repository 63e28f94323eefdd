//! The exchange's invariants, judged from committed rows.

use std::collections::BTreeMap;

use domain::{
    exchange::{BookSide, Head, Order, OrderState, Resting, Side},
    trade::{State, Trade},
};
use kernel::{OrderId, TradeId};
use store::{
    Item, ItemReader, Key, Table,
    exchange::{BookRow, differences, read_head, read_order, read_resting},
    keys,
    trade::read_trade,
};

use crate::rows::Rows;

/// What a test ran of the consumers whose work is judged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ran {
    /// Depth and best prices are kept.
    pub book: bool,
    /// Trades are added to histories.
    pub trades: bool,
}

type Book = BTreeMap<OrderId, (BookSide, BookRow)>;

/// I8 (the book is what its orders say, and never crossed) and I14 (what the market looks like
/// equals a rebuild).
pub(crate) fn check(rows: &Rows, ran: Ran) {
    let items = rows.table(Table::Exchange);
    if items.is_empty() {
        return;
    }
    let book = book(items);
    let orders = orders(rows);
    check_book(&book, &orders);
    check_sides(&book, &heads(items));
    check_matches(rows, &orders);
    check_alerts(rows);
    let found = differences(items).unwrap().into_iter();
    let judged = found.filter(|found| if found.what.is_of_book() { ran.book } else { ran.trades });
    let differences: Vec<String> = judged.map(|found| found.to_string()).collect();
    assert!(differences.is_empty(), "I14: {differences:#?}");
}

fn book(items: &[Item]) -> Book {
    let mut book = Book::new();
    for item in items {
        let key = Key::of(item).unwrap();
        let Some(of) = keys::side_at(&key.pk, keys::BOOK_PREFIX) else { continue };
        let row = read_resting(item).unwrap();
        let Resting { price, priority, order, .. } = row.resting;
        assert_eq!(key, keys::book(of, price.get(), priority), "I8: a place in the book");
        let before = book.insert(order, (of, row));
        assert!(before.is_none(), "I8: order {order} rests twice");
    }
    book
}

fn orders(rows: &Rows) -> BTreeMap<OrderId, Order> {
    let items = rows.under(Table::Exchange, keys::ORDER_PREFIX);
    let orders = items.iter().map(|item| read_order(item).unwrap());
    orders.map(|order| (order.id, order)).collect()
}

fn heads(items: &[Item]) -> BTreeMap<BookSide, Head> {
    let mut heads = BTreeMap::new();
    for item in items {
        let pk = ItemReader(item).text("pk").unwrap();
        if let Some(side) = keys::side_at(pk, keys::EXCHANGE_HEAD_PREFIX) {
            heads.insert(side, read_head(item).unwrap());
        }
    }
    heads
}

/// Every open order rests, as it says, and nothing else does.
fn check_book(book: &Book, orders: &BTreeMap<OrderId, Order>) {
    for (id, (of, row)) in book {
        let order = orders.get(id).unwrap_or_else(|| panic!("I8: order {id} rests and is not"));
        let terms = &order.terms;
        assert_eq!(order.state, OrderState::Open, "I8: order {id} rests");
        assert_eq!(*of, terms.instrument().side(terms.side), "I8: {id}");
        let resting = row.resting;
        assert_eq!((resting.price, resting.user), (terms.price, order.user), "I8: {id}");
        assert_eq!((resting.priority, row.expires_at), (order.priority, terms.expires_at));
    }
    let open = orders.values().filter(|order| order.state == OrderState::Open);
    for order in open {
        assert!(book.contains_key(&order.id), "I8: open order {} does not rest", order.id);
    }
}

/// The book is not crossed, and nothing rests that is better than its head's bound.
fn check_sides(book: &Book, heads: &BTreeMap<BookSide, Head>) {
    let mut best: BTreeMap<BookSide, i64> = BTreeMap::new();
    for (of, row) in book.values() {
        let (key, price) = (*of, row.resting.price.get());
        let head = heads.get(&key).unwrap_or_else(|| panic!("I8: a book without a head: {key:?}"));
        let bound = head.best_bound;
        assert!(!key.side.better(price, bound), "I8: {key:?} has {price}, its bound is {bound}");
        let best = best.entry(key).or_insert(price);
        if key.side.better(price, *best) {
            *best = price;
        }
    }
    for (BookSide { instrument, side }, bid) in &best {
        if let (Side::Buy, Some(ask)) = (side, best.get(&instrument.side(Side::Sell))) {
            assert!(bid < ask, "I8: {instrument:?} is crossed: {bid} is bid, {ask} is asked");
        }
    }
}

/// Every matched order has its trade, and no order is in two trades that stand.
fn check_matches(rows: &Rows, orders: &BTreeMap<OrderId, Order>) {
    let items = rows.under(Table::Trade, store::keys::TRADE_PREFIX);
    let trades = items.iter().map(|item| read_trade(item).unwrap());
    let trades: BTreeMap<TradeId, Trade> = trades.map(|trade| (trade.id, trade)).collect();
    for order in orders.values().filter(|order| order.state == OrderState::Matched) {
        let id = order.id;
        let met = order.met.unwrap_or_else(|| panic!("I8: {id} is matched, and with nothing"));
        let trade = trades.get(&met.trade);
        let trade = trade.unwrap_or_else(|| panic!("I8: {id} is matched and has no trade"));
        let matched = trade.matched().unwrap_or_else(|| panic!("I8: {id} is in a trade of others"));
        let (side, user) = match order.terms.side {
            Side::Buy => (matched.buy, trade.agreement.buyer),
            Side::Sell => (matched.sell, trade.agreement.seller),
        };
        assert_eq!((side, user), (id, order.user), "I8: the trade of {id}");
        assert_eq!(trade.agreement.price, met.price.won(), "I8: the price of {id}");
    }
    let mut standing: BTreeMap<OrderId, TradeId> = BTreeMap::new();
    for trade in trades.values().filter(|trade| trade.state != State::Cancelled) {
        let Some(matched) = trade.matched() else { continue };
        for order in [matched.buy, matched.sell].into_iter().filter(|id| orders.contains_key(id)) {
            let other = standing.insert(order, trade.id);
            assert_eq!(other, None, "I8: order {order} is in two trades, {}", trade.id);
        }
    }
}

/// Every user's alerts are as many as their count says.
fn check_alerts(rows: &Rows) {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for item in rows.under(Table::Exchange, store::keys::ALERTS_PREFIX) {
        let whose = ItemReader(&item).text("gsi1pk").unwrap().to_owned();
        *counts.entry(whose).or_default() += 1;
    }
    for item in rows.under(Table::Exchange, store::keys::ALERTED_PREFIX) {
        let row = ItemReader(&item);
        let (whose, count) = (row.text("pk").unwrap(), row.number("count").unwrap());
        assert_eq!(counts.remove(whose).unwrap_or_default(), count, "I14: alerts of {whose}");
    }
    assert!(counts.is_empty(), "I14: alerts that nobody counts: {counts:?}");
}
