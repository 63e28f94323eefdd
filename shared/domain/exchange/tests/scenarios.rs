//! What is played through every interleaving.

use std::collections::BTreeSet;

use super::{
    explorer::{Request, Rules, Weakness, explore, explore_as, explore_weakened},
    *,
};

fn place(order: u8, side: Side, won: i64) -> Request {
    Request::Place { order, user: order, side, won, rests: true }
}

const KINDS: [(Side, i64); 4] =
    [(Side::Buy, 1_000), (Side::Buy, 2_000), (Side::Sell, 1_000), (Side::Sell, 2_000)];

/// Small books: empty, an ask, a bid below an ask, two asks of one price.
const BOOKS: [&[(u8, u8, Side, i64)]; 4] = [
    &[],
    &[(0, 7, Side::Sell, 2_000)],
    &[(0, 7, Side::Buy, 1_000), (1, 8, Side::Sell, 3_000)],
    &[(0, 7, Side::Sell, 1_000), (1, 8, Side::Sell, 1_000)],
];

/// Every choice of `count` of the kinds.
fn choices(count: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![vec![]];
    for _ in 0..count {
        let longer = |choice: Vec<usize>| {
            let from = choice.last().copied().unwrap_or(0);
            (from..KINDS.len()).map(move |kind| choice.iter().copied().chain([kind]).collect())
        };
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}

fn explore_all(count: usize, retries: u8) -> usize {
    let mut states = 0;
    for book in BOOKS {
        for choice in choices(count) {
            let orders = (u8::try_from(book.len()).unwrap()..).zip(choice);
            let orders = orders.map(|(order, kind)| place(order, KINDS[kind].0, KINDS[kind].1));
            states += explore(book, &orders.collect::<Vec<_>>(), retries).states;
        }
    }
    println!("{count} orders at once, {retries} deaths each: {states} states");
    states
}

/// Each process may die, or lose one answer, at every call.
#[test]
fn three_orders_at_once_in_every_interleaving() {
    assert!(explore_all(3, 1) > 100_000);
}

#[test]
fn four_orders_at_once_in_every_interleaving() {
    assert!(explore_all(4, 0) > 100_000);
}

/// One ask, two buyers and its owner's cancellation: exactly one of them gets it.
#[test]
fn two_buyers_and_a_cancellation_of_one_ask() {
    let requests = [
        Request::Place { order: 1, user: 1, side: Side::Buy, won: 1_000, rests: false },
        Request::Place { order: 2, user: 2, side: Side::Buy, won: 1_000, rests: false },
        Request::End { order: 0 },
    ];
    let report = explore(&[(0, 7, Side::Sell, 1_000)], &requests, 1);
    println!("one ask: {} states", report.states);
    let outcomes: Vec<_> = report.outcomes.into_iter().collect();
    assert_eq!(outcomes, [vec![], vec![(1, 0, 1_000)], vec![(2, 0, 1_000)]]);
}

/// A declined card: the ask returns to its old place while others come.
#[test]
fn an_ask_returns_while_orders_come() {
    let book = [(0, 7, Side::Sell, 1_000), (1, 8, Side::Sell, 1_000)];
    let requests = [
        Request::Place { order: 2, user: 10, side: Side::Buy, won: 1_000, rests: true },
        Request::Return { order: 0, from: 2 },
        Request::Place { order: 3, user: 3, side: Side::Buy, won: 1_000, rests: true },
        Request::Place { order: 4, user: 4, side: Side::Sell, won: 1_000, rests: true },
    ];
    let report = explore(&book, &requests, 1);
    println!("an ask returns: {} states", report.states);
    // The explorer asserts that whatever is met is the first in order; here, that some
    // interleaving meets the ask that came back before its younger neighbour.
    let again = [(2, 0, 1_000), (3, 0, 1_000)];
    assert!(report.outcomes.contains(again.as_slice()), "{:?}", report.outcomes);
}

/// Another price: the order leaves and comes in one commit, while others come, meet it or end it.
#[test]
fn an_order_gets_another_price_while_orders_come() {
    let book = [(0, 7, Side::Sell, 2_000), (1, 8, Side::Buy, 1_000)];
    let requests = [
        Request::Reprice { left: 0, order: 2, won: 1_000 },
        Request::Place { order: 3, user: 3, side: Side::Buy, won: 2_000, rests: true },
        Request::Place { order: 4, user: 4, side: Side::Sell, won: 2_000, rests: true },
    ];
    let report = explore(&book, &requests, 1);
    println!("another price: {} states", report.states);
    let all: BTreeSet<_> = report.outcomes.iter().flatten().copied().collect();
    // It meets the bid at its new price, or is met at its old one before.
    assert!(all.contains(&(2, 1, 1_000)) && all.contains(&(3, 0, 2_000)), "{all:?}");
    for outcome in &report.outcomes {
        let met = outcome.iter().flat_map(|(incoming, resting, _)| [*incoming, *resting]);
        let met = met.filter(|order| [0, 2].contains(order)).count();
        assert!(met <= 1, "met at both of its prices: {outcome:?}");
    }
}

/// The same of two prices at once, and of an end, where commits are seen item by item.
#[test]
fn of_two_prices_and_an_end_seen_item_by_item_each_is_whole() {
    let book = [(0, 7, Side::Sell, 3_000)];
    let rules = Rules { weakness: Weakness::None, by_item: true };
    for last in [Request::End { order: 0 }, place(3, Side::Buy, 2_000)] {
        let requests = [
            Request::Reprice { left: 0, order: 1, won: 2_000 },
            Request::Reprice { left: 0, order: 2, won: 4_000 },
            last,
        ];
        let report = explore_as(&book, &requests, 1, rules);
        println!("two prices: {} states", report.states);
        assert!(report.states > 100);
    }
}

/// An ask that met a bid at once had no place yet: it comes back behind what rested when it came,
/// before what came later.
#[test]
fn an_ask_that_never_rested_returns() {
    let book = [(0, 10, Side::Buy, 2_000), (1, 8, Side::Sell, 3_000)];
    let requests = [
        Request::Place { order: 2, user: 2, side: Side::Sell, won: 2_000, rests: true },
        Request::Return { order: 2, from: 0 },
        Request::Place { order: 3, user: 3, side: Side::Sell, won: 2_000, rests: true },
        Request::Place { order: 4, user: 4, side: Side::Buy, won: 2_000, rests: true },
    ];
    let report = explore(&book, &requests, 1);
    println!("an ask that never rested returns: {} states", report.states);
    let first = [(2, 0, 2_000), (4, 2, 2_000)];
    assert!(report.outcomes.contains(first.as_slice()), "{:?}", report.outcomes);
}

/// A returning ask that would meet its owner's own bid ends.
#[test]
fn an_ask_returns_beside_its_owners_bid() {
    let requests = [
        Request::Place { order: 1, user: 10, side: Side::Buy, won: 1_000, rests: true },
        Request::Place { order: 2, user: 7, side: Side::Buy, won: 1_000, rests: true },
        Request::Return { order: 0, from: 1 },
        Request::End { order: 2 },
    ];
    let report = explore(&[(0, 7, Side::Sell, 1_000)], &requests, 1);
    println!("beside the own bid: {} states", report.states);
    assert!(report.states > 1_000);
}

/// The bound is tightened by several at once, and each may die twice.
#[test]
fn four_orders_tighten_one_bound() {
    let book = [(0, 7, Side::Sell, 1_000), (1, 8, Side::Sell, 2_000)];
    let requests = [
        Request::End { order: 0 },
        place(2, Side::Buy, 1_000),
        place(3, Side::Buy, 2_000),
        place(4, Side::Sell, 1_000),
    ];
    let report = explore(&book, &requests, 2);
    println!("one bound: {} states", report.states);
    assert!(report.states > 1_000);
}

/// The explorer itself is tested: with any one condition left out it finds what goes wrong.
#[test]
fn every_condition_is_needed() {
    let returning: Vec<Request> = vec![
        Request::Place { order: 2, user: 10, side: Side::Buy, won: 1_000, rests: true },
        Request::Return { order: 0, from: 2 },
        Request::Place { order: 3, user: 3, side: Side::Buy, won: 1_000, rests: true },
    ];
    let asks: &[(u8, u8, Side, i64)] = &[(0, 7, Side::Sell, 1_000), (1, 8, Side::Sell, 1_000)];
    let ask: &[(u8, u8, Side, i64)] = &[(0, 7, Side::Sell, 2_000)];
    let bid: &[(u8, u8, Side, i64)] = &[(0, 7, Side::Buy, 1_000)];
    let rows = [
        (
            Weakness::OutOfReach,
            [].as_slice(),
            vec![place(0, Side::Buy, 1_000), place(1, Side::Sell, 1_000)],
        ),
        (
            Weakness::NothingBetter,
            ask,
            vec![place(1, Side::Buy, 2_000), place(2, Side::Sell, 1_000)],
        ),
        (Weakness::Top, asks, returning),
        (
            Weakness::Tighten,
            ask,
            vec![
                Request::End { order: 0 },
                place(1, Side::Buy, 2_000),
                place(2, Side::Sell, 1_000),
            ],
        ),
        (
            Weakness::Own,
            &[(0, 7, Side::Buy, 3_000)],
            vec![
                Request::End { order: 0 },
                place(1, Side::Sell, 3_000),
                place(2, Side::Buy, 2_000),
            ],
        ),
        (Weakness::StillRests, bid, vec![place(1, Side::Sell, 1_000), place(2, Side::Sell, 1_000)]),
    ];
    for (weakness, book, requests) in rows {
        explore(book, &requests, 1);
        let found = std::panic::catch_unwind(|| explore_weakened(book, &requests, 1, weakness));
        assert!(found.is_err(), "{weakness:?} goes unnoticed");
    }
}

const BY_ITEM: Rules = Rules { weakness: Weakness::None, by_item: true };

/// What a commit writes is seen item by item, in any order, at any later time.
#[test]
fn f7_three_orders_while_transactions_are_half_applied() {
    let mut states = 0;
    for book in BOOKS {
        for choice in choices(3) {
            let orders = (u8::try_from(book.len()).unwrap()..).zip(choice);
            let orders = orders.map(|(order, kind)| place(order, KINDS[kind].0, KINDS[kind].1));
            states += explore_as(book, &orders.collect::<Vec<_>>(), 0, BY_ITEM).states;
        }
    }
    println!("three orders, item by item: {states} states");
    assert!(states > 10_000);
}

/// A bound that says more than is there, while what rests behind it is on its way.
fn half_applied() -> [(Weakness, Vec<Request>); 2] {
    let end = Request::End { order: 0 };
    let sell = Side::Sell;
    let buy = Side::Buy;
    [
        // One transaction is half applied when the bound is tightened over it.
        (Weakness::Empty, vec![end, place(1, sell, 2_000), place(2, buy, 2_000)]),
        // One is still half applied when the next one is done.
        (
            Weakness::Before,
            vec![place(1, sell, 1_000), place(2, sell, 2_000), place(3, buy, 2_000)],
        ),
    ]
}

#[test]
fn f7_without_either_condition_a_half_applied_transaction_is_overlooked() {
    for (weakness, requests) in half_applied() {
        let book: &[(u8, u8, Side, i64)] = &[(0, 7, Side::Sell, 3_000)];
        explore_as(book, &requests, 0, BY_ITEM);
        let rules = Rules { weakness, ..BY_ITEM };
        let found = std::panic::catch_unwind(|| explore_as(book, &requests, 0, rules));
        assert!(found.is_err(), "{weakness:?} goes unnoticed");
    }
}
