//! The sequential book, orders' lives and what the market looks like.

use kernel::{Instant, Span};

use super::{book::*, views::*, *};
use crate::{identity::Address, ledger::Split};

fn placed(order: u128, side: Side, won: i64) -> Happening {
    let priority = u32::try_from(order).unwrap();
    Happening::Placed { order: id(order), user: id(order), side, price: price(won), priority }
}

fn meeting(incoming: u128, resting: u128, won: i64) -> Meeting {
    Meeting { incoming: id(incoming), resting: id(resting), price: price(won) }
}

#[test]
fn best_price_first_then_oldest_at_the_resting_price() {
    let log = [
        placed(1, Side::Sell, 5_000),
        placed(2, Side::Sell, 4_000),
        placed(3, Side::Sell, 4_000),
        placed(4, Side::Buy, 3_000),
        placed(5, Side::Buy, 9_000),
        placed(6, Side::Buy, 4_000),
        placed(7, Side::Buy, 4_000),
        placed(8, Side::Sell, 4_000),
        Happening::Left { order: id(4) },
        placed(9, Side::Sell, 1_000),
    ];
    let due = [meeting(5, 2, 4_000), meeting(6, 3, 4_000), meeting(8, 7, 4_000)];
    assert_eq!(replay(&log), Ok(due.to_vec()));
}

#[test]
fn an_order_that_returns_is_older_than_those_that_came_since() {
    let log = [
        placed(1, Side::Sell, 5_000),
        placed(2, Side::Buy, 5_000),
        placed(3, Side::Sell, 5_000),
        Happening::Returned { order: id(1), price: price(5_000) },
        placed(4, Side::Buy, 5_000),
    ];
    assert_eq!(replay(&log), Ok(vec![meeting(2, 1, 5_000), meeting(4, 1, 5_000)]));
}

#[test]
fn a_log_that_cannot_have_happened_is_named() {
    let twice = [placed(1, Side::Sell, 5_000), placed(1, Side::Sell, 5_000)];
    assert_eq!(replay(&twice), Err(Impossible::CameTwice(id(1))));
    let gone = [Happening::Left { order: id(1) }];
    assert_eq!(replay(&gone), Err(Impossible::NotThere(id(1))));
    let own = [
        placed(1, Side::Sell, 5_000),
        Happening::Placed {
            order: id(2),
            user: id(1),
            side: Side::Buy,
            price: price(5_000),
            priority: 2,
        },
    ];
    assert_eq!(replay(&own), Err(Impossible::SelfTrade(id(2))));
}

pub(super) fn start() -> Instant {
    "2026-11-21T00:00:00.000Z".parse().unwrap()
}

pub(super) fn order() -> Order {
    let phone = "010-1234-5678".parse().unwrap();
    Order {
        id: id(1),
        user: id(2),
        terms: Terms {
            item: id(3),
            option: "270".parse().unwrap(),
            title: "신발 270".to_owned(),
            side: Side::Buy,
            price: price(10_000),
            funding: OrderFunding::Wallet,
            deposit: Won::ZERO,
            address: Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap(),
            note: None,
            rebuy_if_failed: false,
            expires_at: expiry(start(), 1).unwrap(),
        },
        placed_at: start(),
        state: OrderState::Open,
        priority: 1,
        met: None,
        at_once: None,
        placed_as: None,
        ended_at: None,
        earned: Won::ZERO,
        fingerprint: String::new(),
    }
}

#[test]
fn how_an_order_ends() {
    let order = order();
    let due = order.terms.expires_at;
    let before = due - Span::millis(1);
    let state = |order: Order| order.state;
    let rows = [
        (End::Cancelled, before, Ok(OrderState::Cancelled)),
        (End::Cancelled, due, Ok(OrderState::Expired)),
        (End::Expired, before, Err(Refusal::NotDue { until: due })),
        (End::Expired, due, Ok(OrderState::Expired)),
    ];
    for (end, now, expected) in rows {
        assert_eq!(order.end(end, now).map(state), expected, "{end:?} at {now}");
    }
    let matched = order.matched(Met { trade: id(9), price: price(9_000) }, start());
    for end in [End::Cancelled, End::Expired] {
        let refused = Err(Refusal::NotOpen { state: OrderState::Matched });
        assert_eq!(matched.end(end, due).map(state), refused);
    }
    let states = (order.state_at(before), order.state_at(due));
    assert_eq!(states, (OrderState::Open, OrderState::Expired));
    assert_eq!(matched.restored(before).state, OrderState::Open);
    assert_eq!(matched.restored(due).state, OrderState::Expired);
    assert_eq!(order.held(), Won::constant(10_300));
}

#[test]
fn what_an_order_keeps_of_its_end() {
    let order = order();
    let due = order.terms.expires_at;
    let (met, at) = (Met { trade: id(9), price: price(9_000) }, start() + Span::minutes(5));
    let kept = |order: Order| (order.met, order.ended_at);
    let matched = order.matched(met, at);
    let later = at + Span::minutes(5);
    let rows = [
        ("cancelled", order.end(End::Cancelled, at).unwrap(), (None, Some(at))),
        ("matched", matched.clone(), (Some(met), Some(at))),
        ("dismissed", matched.dismissed(later), (None, Some(later))),
        ("open again", matched.restored(later), (None, None)),
        ("past its time", matched.restored(due), (None, Some(due))),
    ];
    for (what, order, expected) in rows {
        assert_eq!(kept(order), expected, "{what}");
    }
}

#[test]
fn days_that_are_offered() {
    let days =
        [(0, false), (1, true), (2, false), (30, true), (60, true), (61, false), (-1, false)];
    for (days, fine) in days {
        let due = fine.then(|| start() + Span::days(days));
        assert_eq!(expiry(start(), days), due, "{days}");
    }
}

fn recent(minutes: i64, trade: u128, won: i64) -> RecentTrade {
    RecentTrade {
        at: start() + Span::minutes(minutes),
        trade: id(trade),
        price: Won::constant(won),
    }
}

#[test]
fn a_bar_is_the_same_in_whichever_order_its_trades_come() {
    let recent_trades =
        [recent(1, 5, 3_000), recent(1, 4, 2_000), recent(2, 1, 9_000), recent(59, 9, 4_000)];
    let bars = candles(&recent_trades, Bucket::Hour);
    let [bar] = bars.as_slice() else { panic!("{bars:?}") };
    let told = [bar.open, bar.high, bar.low, bar.close].map(Won::get);
    assert_eq!((told, bar.volume), ([2_000, 9_000, 2_000, 4_000], 4));
    let mut turned = recent_trades;
    turned.reverse();
    assert_eq!(candles(&turned, Bucket::Hour), bars);
}

#[test]
fn days_are_seouls() {
    // Midnight in Seoul is 15:00 UTC.
    let before =
        RecentTrade { at: "2026-11-21T14:59:59.999Z".parse().unwrap(), ..recent(0, 1, 1_000) };
    let after =
        RecentTrade { at: "2026-11-21T15:00:00.000Z".parse().unwrap(), ..recent(0, 2, 2_000) };
    let days: Vec<String> =
        candles(&[before, after], Bucket::Day).iter().map(|bar| bar.start.to_string()).collect();
    assert_eq!(days, ["2026-11-20T15:00:00.000Z", "2026-11-21T15:00:00.000Z"]);
    assert_eq!(candles(&[before, after], Bucket::Hour).len(), 2);
}

/// What was topped up and set aside does not come back as money that may leave.
#[test]
fn an_order_holds_both_kinds_of_money() {
    let order = Order { earned: Won::constant(300), ..order() };
    let held = Split { spend_only: Won::constant(10_000), earned: Won::constant(300) };
    assert_eq!(order.holds(), held);
}
