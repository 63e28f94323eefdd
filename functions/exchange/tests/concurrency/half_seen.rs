//! Orders while transactions are half applied: DynamoDB makes a transaction's items true one after
//! the other, and what is read meanwhile is partly old.

use std::sync::Arc;

use futures::future::join_all;
use kernel::Span;
use local::{Upset, Visibility};
use testkit::PriorityChecker;

use super::mixed::Dice;
use crate::tests::fixture::{Floor, Trader, id_of};

const ORDERS: usize = 48;
const TRADERS: usize = 12;

/// What a crowd of one seed did against price and time, or to a crossed book; how many matches were
/// judged, and how often a transaction was seen half done.
async fn crowd(seed: u64) -> (Vec<String>, u64, u64) {
    let floor = Floor::half_seen().await;
    let traders = floor.traders(TRADERS).await;
    let checker = Arc::new(PriorityChecker::default());
    floor.cloud.watch(Arc::<PriorityChecker>::clone(&checker));
    let visibility = Visibility { seed, calls: 60, span: Span::millis(0) };
    floor.cloud.adjust(|knobs| knobs.visibility = Some(visibility));
    let mut dice = Dice(seed);
    let orders = (0..ORDERS).map(|_| {
        let trader = &traders[usize::try_from(dice.roll(12)).unwrap()];
        let side = if dice.roll(2) == 0 { "buy" } else { "sell" };
        let price = i64::try_from(10 + dice.roll(4)).unwrap() * 1_000;
        let late = dice.roll(60);
        let leaves = dice.roll(4) == 0;
        place(&floor, trader, Wish { side, price, late, leaves })
    });
    join_all(orders.collect::<Vec<_>>()).await;
    let seen = floor.cloud.faults().upsets().get(&Upset::HalfSeen).copied().unwrap_or_default();
    floor.cloud.adjust(|knobs| knobs.visibility = None);
    let (faults, matches) = checker.faults();
    (faults, matches, seen)
}

struct Wish {
    side: &'static str,
    price: i64,
    /// How many turns it comes later.
    late: u64,
    /// It is cancelled as soon as it rests.
    leaves: bool,
}

async fn place(floor: &Floor, trader: &Trader, wish: Wish) {
    for _ in 0..wish.late {
        tokio::task::yield_now().await;
    }
    let reply = floor.place(trader, wish.side, wish.price).await;
    assert!(reply.status() == 201 || reply.code() == "self-trade", "{}", reply.text());
    if reply.status() == 201 && wish.leaves {
        let cancelled = floor.cancel(trader, id_of(&reply.json())).await;
        assert!([200, 409].contains(&cancelled.status()), "{}", cancelled.text());
    }
}

#[tokio::test]
async fn f7_a_book_is_not_crossed_while_a_transaction_is_half_applied() {
    let mut found = Vec::new();
    let mut judged = 0;
    let mut half_seen = 0;
    for seed in 0..12 {
        let (faults, matches, seen) = crowd(seed).await;
        found.extend(faults.into_iter().map(|fault| format!("seed {seed}: {fault}")));
        judged += matches;
        half_seen += seen;
    }
    println!("{judged} matches judged, {half_seen} reads of half a transaction");
    assert!(judged > 100 && half_seen > 100, "{judged} {half_seen}");
    assert!(found.is_empty(), "{found:#?}");
}
