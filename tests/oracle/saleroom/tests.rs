//! The sentences of the rules, one table each.

use super::*;

const SELLER: Who = 99;
const MINUTE: i64 = 60_000;

/// An hour from 10,000 won.
pub fn lot() -> Lot {
    Lot {
        seller: SELLER,
        start_price: 10_000,
        increment: None,
        reserve: None,
        buy_now: None,
        opens_at: 0,
        scheduled_end: 60 * MINUTE,
        extends: true,
    }
}

fn tender(who: Who, amount: i64, maximum: i64) -> Tender {
    Tender { who, amount, maximum, at: MINUTE, blocked: false, strikes: 0, owes: false }
}

fn after(lot: Lot, bids: &[(Who, i64, i64)]) -> Saleroom {
    let mut room = Saleroom::of(lot);
    for (who, amount, maximum) in bids {
        room.bid(&tender(*who, *amount, *maximum)).unwrap();
    }
    room
}

fn stands(room: &Saleroom) -> (i64, Who, i64) {
    let leading = room.leading.unwrap();
    (room.price, leading.who, leading.maximum)
}

#[test]
fn a_challenger_leads_above_the_maximum_or_pushes_it() {
    for (amount, maximum, price, who) in [
        // m > M: min(m, M + increment(M)), at least the amount.
        (10_500, 90_000, 50_500 + 500, 2),
        (60_000, 90_000, 60_000, 2),
        // M inside the increment: by less than an increment.
        (10_500, 50_200, 50_200, 2),
        // m ≤ M: min(M, m + increment(m)).
        (20_000, 20_000, 20_500, 1),
        (10_500, 49_900, 50_000, 1),
        // m = M: the earlier.
        (10_500, 50_000, 50_000, 1),
    ] {
        let mut room = after(lot(), &[(1, 10_000, 50_000)]);
        room.bid(&tender(2, amount, maximum)).unwrap();
        let leading = room.leading.unwrap().who;
        assert_eq!((room.price, leading), (price, who), "{amount} up to {maximum}");
    }
}

#[test]
fn a_price_jumps_to_a_reserve_that_a_maximum_reaches() {
    let lot = Lot { reserve: Some(40_000), ..lot() };
    assert_eq!(stands(&after(lot.clone(), &[(1, 10_000, 40_000)])), (40_000, 1, 40_000));
    let below = after(lot.clone(), &[(1, 10_000, 39_999)]);
    assert_eq!((stands(&below), below.outcome()), ((10_000, 1, 39_999), Phase::Unsold));
    let raised = after(lot, &[(1, 10_000, 20_000), (1, 10_000, 45_000)]);
    assert_eq!((stands(&raised), raised.outcome()), ((40_000, 1, 45_000), Phase::Won));
}

#[test]
fn a_bid_that_reaches_the_buy_now_price_buys() {
    let lot = Lot { buy_now: Some(80_000), ..lot() };
    for (amount, maximum) in [(80_000, 80_000), (10_000, 200_000), (10_000, 80_000)] {
        let mut room = after(lot.clone(), &[(1, 10_000, 50_000)]);
        let taken = room.bid(&tender(2, amount, maximum)).unwrap();
        assert!(taken.bought && room.outcome() == Phase::BoughtNow);
        assert_eq!(stands(&room), (80_000, 2, 80_000));
        assert_eq!(room.bid(&tender(3, 90_000, 90_000)).unwrap_err()[0], Objection::Over);
    }
    let mut room = Saleroom::of(lot);
    assert_eq!(room.buy(&tender(2, 1, 1), Some(1)), Err(vec![Objection::OtherPrice]));
    assert!(room.buy(&tender(2, 1, 1), Some(80_000)).unwrap().bought);
    let mut none = Saleroom::of(super::tests::lot());
    assert_eq!(none.buy(&tender(2, 1, 1), None), Err(vec![Objection::NoBuyNowPrice]));
}

#[test]
fn a_raise_is_at_least_one_increment_and_the_twenty_first_is_refused() {
    let mut room = after(lot(), &[(1, 10_000, 20_000)]);
    let raise = |room: &mut Saleroom, maximum| room.bid(&tender(1, 10_000, maximum));
    for too_little in [10_000, 20_000, 20_001, 20_499] {
        assert_eq!(raise(&mut room, too_little), Err(vec![Objection::NotRaised]));
    }
    for number in 1..=20 {
        raise(&mut room, 20_000 + number * 500).unwrap();
        assert_eq!(room.price, 10_000);
    }
    assert_eq!(raise(&mut room, 90_000), Err(vec![Objection::TooManyRaises]));
    // A lead of its own has raises of its own.
    room.bid(&tender(2, 31_000, 31_000)).unwrap();
    room.bid(&tender(1, 32_000, 40_000)).unwrap();
    raise(&mut room, 41_000).unwrap();
    assert_eq!(room.leading.unwrap().raises, 1);
}

#[test]
fn a_stale_amount_with_a_maximum_that_can_lead_is_taken_at_the_minimum() {
    let mut room = after(lot(), &[(1, 16_000, 30_000)]);
    // It leads: at the minimum, an increment above the leader's maximum.
    let taken = room.bid(&tender(2, 10_500, 90_000)).unwrap();
    assert_eq!((taken.amount, room.price), (16_500, 30_500));
    // By what anybody sees it can: the hidden maximum is as high.
    let taken = room.bid(&tender(3, 10_500, 90_000)).unwrap();
    assert_eq!((taken.amount, taken.leads, room.price), (31_000, false, 90_000));
    // It cannot.
    assert_eq!(room.bid(&tender(3, 10_500, 90_999)), Err(vec![Objection::TooLow]));
    // No bid was ever below the start.
    assert_eq!(room.bid(&tender(3, 9_999, 200_000)), Err(vec![Objection::BelowStart]));
}

#[test]
fn a_late_bid_moves_the_end_when_it_changes_something() {
    for (at, extends, ends_at) in [
        (55 * MINUTE, true, 60 * MINUTE),
        (55 * MINUTE + 1, true, 60 * MINUTE + 1),
        (60 * MINUTE - 1, true, 65 * MINUTE - 1),
        (60 * MINUTE - 1, false, 60 * MINUTE),
    ] {
        let mut room = Saleroom::of(Lot { extends, ..lot() });
        room.bid(&Tender { at, ..tender(1, 10_000, 50_000) }).unwrap();
        assert_eq!(room.ends_at, ends_at, "at {at}");
        let end = room.ends_at;
        room.bid(&Tender { at: end - 1, ..tender(1, 10_000, 60_000) }).unwrap();
        assert_eq!(room.ends_at, end, "a raise that changes nothing");
    }
    let mut room = Saleroom::of(lot());
    for number in 0..30_i64 {
        let at = room.ends_at - 1;
        let amount = 10_000 + number * 500;
        room.bid(&Tender { at, ..tender(u128::from(number.unsigned_abs() % 2), amount, amount) })
            .unwrap();
    }
    assert_eq!(room.ends_at, 120 * MINUTE);
}

#[test]
fn a_bid_has_a_bidder_who_may_and_a_time_that_is_open() {
    let good = tender(1, 10_000, 10_000);
    for (bid, objection) in [
        (Tender { who: SELLER, ..good }, Objection::OwnLot),
        (Tender { blocked: true, ..good }, Objection::Blocked),
        (Tender { strikes: 3, ..good }, Objection::Suspended),
        (Tender { owes: true, ..good }, Objection::InDebt),
        (Tender { at: -1, ..good }, Objection::NotYetOpen),
        (Tender { at: 60 * MINUTE, ..good }, Objection::Over),
        (Tender { amount: 9_999, maximum: 10_000, ..good }, Objection::BelowStart),
    ] {
        assert_eq!(Saleroom::of(lot()).bid(&bid), Err(vec![objection]), "{bid:?}");
    }
    assert!(Saleroom::of(lot()).bid(&Tender { strikes: 2, ..good }).is_ok());
    assert!(Saleroom::of(lot()).bid(&Tender { at: 60 * MINUTE - 1, ..good }).is_ok());
}

#[test]
fn only_an_admin_calls_off_what_was_bid_on() {
    let fresh = Saleroom::of(lot());
    assert!(fresh.may_be_called_off(false, MINUTE));
    let room = after(lot(), &[(1, 10_000, 10_000)]);
    assert!(!room.may_be_called_off(false, MINUTE) && room.may_be_called_off(true, MINUTE));
    assert!(!room.may_be_called_off(true, 60 * MINUTE));
}
