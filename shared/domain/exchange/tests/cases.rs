//! The tables.

use super::*;

const FRESH_BUY: Head = Head::new(Side::Buy);
const FRESH_SELL: Head = Head::new(Side::Sell);

fn incoming(side: Side, won: i64) -> Incoming {
    Incoming {
        user: id(1),
        side,
        price: price(won),
        time_in_force: good(),
        confirmed: true,
        number: None,
    }
}

fn resting(user: u128, won: i64, priority: u32) -> Resting {
    Resting { order: id(100 + user), user: id(user), price: price(won), priority }
}

fn bounded(head: Head, sequence: u32, bound: i64) -> Head {
    Head { sequence, best_bound: bound, ..head }
}

#[test]
fn what_comes_of_an_order() {
    let out = |price| Guard::OutOfReach { price };
    let nothing = |price| Guard::NothingBetter { price, top_revision: 0, empty: None };
    let tighten = |seen, from, bound| Guard::Tighten { seen, from, bound, empty: None };
    let rests = |guard| Ok((None, guard));
    let meets = |won, guard| Ok((Some(won), guard));
    let (buy, sell) = (Side::Buy, Side::Sell);
    let (asks, bids) = (FRESH_SELL, FRESH_BUY);
    let own = Err(Rejection::SelfTrade);
    // Side, price; the other side's head, the best read there; what it meets, the condition there.
    let rows = [
        (buy, 5_000, asks, None, rests(out(5_000))),
        (sell, 5_000, bids, None, rests(out(5_000))),
        (buy, 5_000, bounded(asks, 1, 6_000), None, rests(out(5_000))),
        (sell, 5_000, bounded(bids, 1, 4_000), None, rests(out(5_000))),
        // At the limit, and better than it: at the resting price.
        (buy, 5_000, bounded(asks, 1, 5_000), Some((2, 5_000)), meets(5_000, nothing(5_000))),
        (buy, 9_000, bounded(asks, 1, 5_000), Some((2, 5_000)), meets(5_000, nothing(5_000))),
        (sell, 5_000, bounded(bids, 1, 5_000), Some((2, 5_000)), meets(5_000, nothing(5_000))),
        (sell, 1_000, bounded(bids, 1, 5_000), Some((2, 5_000)), meets(5_000, nothing(5_000))),
        // The bound says more than is there.
        (
            buy,
            5_000,
            bounded(asks, 4, 3_000),
            Some((2, 5_000)),
            meets(5_000, tighten(4, 3_000, 5_000)),
        ),
        (buy, 5_000, bounded(asks, 4, 3_000), Some((2, 6_000)), rests(tighten(4, 3_000, 6_000))),
        (buy, 5_000, bounded(asks, 4, 3_000), None, rests(tighten(4, 3_000, i64::MAX))),
        (
            sell,
            5_000,
            bounded(bids, 4, 7_000),
            Some((2, 5_000)),
            meets(5_000, tighten(4, 7_000, 5_000)),
        ),
        (sell, 5_000, bounded(bids, 4, 7_000), Some((2, 4_000)), rests(tighten(4, 7_000, 4_000))),
        (sell, 5_000, bounded(bids, 4, 7_000), None, rests(tighten(4, 7_000, 0))),
        // A better order came between the two reads.
        (buy, 5_000, bounded(asks, 1, 5_000), Some((2, 4_000)), meets(4_000, nothing(4_000))),
        (buy, 5_000, bounded(asks, 1, 5_000), Some((1, 5_000)), own),
    ];
    for (side, won, other, best, expected) in rows {
        let own = Head::new(side);
        let best = best.map(|(user, won)| resting(user, won, 1));
        let answer = decide(&incoming(side, won), &Seen { own, other, best });
        let told = answer.map(|plan| match plan {
            Plan::Rest(rest) => (None, rest.other),
            Plan::Take(take) => (Some(take.resting.price.get()), take.other),
        });
        assert_eq!(told, expected, "{side:?} {won} against {other:?} and {best:?}");
    }
}

#[test]
fn what_resting_does_to_the_own_head() {
    let (buy, sell) = (Side::Buy, Side::Sell);
    let (bids, asks) = (FRESH_BUY, FRESH_SELL);
    let price = 5_000;
    // Side, the head before; the plan, and bound, sequence and top after it.
    let rows = [
        (buy, bids, Own::Improves { price }, (5_000, 1, 1)),
        (buy, bounded(bids, 7, 4_000), Own::Improves { price }, (5_000, 8, 1)),
        (buy, bounded(bids, 7, 5_000), Own::Joins { price }, (5_000, 8, 1)),
        (buy, bounded(bids, 7, 6_000), Own::Behind { price }, (6_000, 8, 0)),
        (sell, asks, Own::Improves { price }, (5_000, 1, 1)),
        (sell, bounded(asks, 7, 6_000), Own::Improves { price }, (5_000, 8, 1)),
        (sell, bounded(asks, 7, 5_000), Own::Joins { price }, (5_000, 8, 1)),
        (sell, bounded(asks, 7, 4_000), Own::Behind { price }, (4_000, 8, 0)),
    ];
    for (side, head, plan, due) in rows {
        let other = Head::new(side.other());
        let answer = decide(&incoming(side, price), &Seen { own: head, other, best: None });
        let Ok(Plan::Rest(rest)) = answer else { panic!("{answer:?}") };
        assert_eq!(rest.own, plan, "{side:?} on {head:?}");
        let after = plan.change(side, &head).unwrap();
        assert_eq!(
            (after.best_bound, after.sequence, after.top_revision),
            due,
            "{side:?} on {head:?}"
        );
        assert_eq!(plan.change(side, &Head { closed: true, ..head }), None);
    }
    // What was planned for one bound does not fit another.
    let better = bounded(FRESH_SELL, 1, 4_000);
    assert_eq!(Own::Improves { price }.change(sell, &better), None);
    assert_eq!(Own::Joins { price }.change(sell, &better), None);
    assert_eq!(Own::Behind { price }.change(sell, &bounded(FRESH_SELL, 1, 5_000)), None);
}

#[test]
fn an_order_that_does_not_rest_is_met_or_told_the_best() {
    let now =
        Incoming { time_in_force: TimeInForce::ImmediateOrCancel, ..incoming(Side::Buy, 5_000) };
    let other = bounded(FRESH_SELL, 1, 6_000);
    assert!(other.concerns(&now) && !other.concerns(&incoming(Side::Buy, 5_000)));
    for best in [None, Some(resting(2, 6_000, 1))] {
        let answer = decide(&now, &Seen { own: FRESH_BUY, other, best });
        let told = best.map(|best| best.price);
        assert_eq!(answer, Err(Rejection::PriceMoved { best: told }));
    }
    let own = Some(resting(1, 5_000, 1));
    let other = bounded(FRESH_SELL, 1, 5_000);
    let answer = decide(&now, &Seen { own: FRESH_BUY, other, best: own });
    assert_eq!(answer, Err(Rejection::SelfTrade));
}

#[test]
fn nothing_is_placed_on_what_is_closed() {
    let closed = Head { closed: true, ..FRESH_SELL };
    let seen = Seen { own: FRESH_BUY, other: closed, best: None };
    assert_eq!(decide(&incoming(Side::Buy, 5_000), &seen), Err(Rejection::Closed));
}

#[test]
fn prices_are_steps_of_a_thousand() {
    for (won, fine) in [
        (0, false),
        (1, false),
        (999, false),
        (1_000, true),
        (1_001, false),
        (1_500, false),
        (2_000, true),
        (970_000_000_000, true),
        (970_000_001_000, false),
        (1_000_000_000_000, false),
    ] {
        assert_eq!(Price::new(Won::new(won).unwrap()).is_ok(), fine, "{won}");
    }
}

#[test]
fn fees_are_rounded_down_to_the_won() {
    // Price; the buyer's fee and total; the seller's fee and share.
    let rows = [
        (1_000, 30, 1_030, 30, 970),
        (33_000, 990, 33_990, 990, 32_010),
        (321_000, 9_630, 330_630, 9_630, 311_370),
        (970_000_000_000, 29_100_000_000, 999_100_000_000, 29_100_000_000, 940_900_000_000),
    ];
    for (won, buyer_fee, pays, seller_fee, gets) in rows {
        let (buy, sell) = (quote(Side::Buy, price(won)), quote(Side::Sell, price(won)));
        assert_eq!((buy.fee.get(), buy.total.get()), (buyer_fee, pays));
        assert_eq!((sell.fee.get(), sell.total.get()), (seller_fee, gets));
    }
}

/// Seven requests, more than the explorer plays: a bound that was tightened twice could become
/// better again by a plan made before, and an older order of the price then came to rest unnoticed.
#[test]
fn a_late_tightening_does_not_hide_an_older_order() {
    let plan = |won, head, best: Option<Resting>| {
        decide(&incoming(Side::Buy, won), &Seen { own: FRESH_BUY, other: head, best }).unwrap()
    };
    let guard = |plan| match plan {
        Plan::Rest(Rest { other, .. }) | Plan::Take(Take { other, .. }) => other,
    };
    // The bound says 5,000; there rest 9,000 and, with place 5, 10,000.
    let head = bounded(FRESH_SELL, 3, 5_000);
    let (cheap, young) = (resting(2, 9_000, 4), resting(3, 10_000, 5));
    // One who would pay 8,000 looks, and is slow. The 9,000 leaves; another tightens to 10,000.
    let slow = guard(plan(8_000, head, Some(cheap)));
    let tightened = Head { best_bound: 10_000, ..head };
    assert_eq!(
        guard(plan(9_000, head, Some(young))),
        Guard::Tighten { seen: 3, from: 5_000, bound: 10_000, empty: None }
    );
    // One at 10,000 plans to meet the young one. Then the slow one comes.
    let taker = guard(plan(10_000, tightened, Some(young)));
    assert!(taker.holds(Side::Sell, &tightened));
    assert!(!slow.holds(Side::Sell, &tightened), "the bound is not the one that was read");
    // An older order of the price comes to rest: it is at the bound, and the taker must look again.
    let own = decide(
        &incoming(Side::Sell, 10_000),
        &Seen { own: tightened, other: FRESH_BUY, best: None },
    );
    let Ok(Plan::Rest(rest)) = own else { panic!("{own:?}") };
    let joined = rest.own.change(Side::Sell, &tightened).unwrap();
    assert!(!taker.holds(Side::Sell, &joined));
}

#[test]
fn sides_and_holds_have_one_spelling() {
    for (side, text) in [(Side::Buy, "buy"), (Side::Sell, "sell")] {
        assert_eq!((side.as_str(), Side::parse(text)), (text, Some(side)));
    }
    assert_eq!(Side::parse("both"), None);
    let order = Id::from_uuid(Uuid::from_u128(7));
    assert_eq!(hold_of(order), format!("order#{order}"));
}

/// F4: more than a tenth off the last trade.
#[test]
fn a_price_is_off_by_more_than_a_tenth_of_the_last_trade() {
    for (won, last, off) in [
        (1_000, None, false),
        (970_000_000_000, Some(1_000), true),
        (90_000, Some(100_000), false),
        (89_000, Some(100_000), true),
        (110_000, Some(100_000), false),
        (111_000, Some(100_000), true),
        (1_000, Some(1_000), false),
        (2_000, Some(1_000), true),
    ] {
        let last = last.map(Won::constant);
        assert_eq!(price(won).is_off(last), off, "{won} of {last:?}");
    }
}

/// F4: what would be matched says so first; what takes the best at once has its limit.
#[test]
fn an_order_that_rests_meets_nobody_unconfirmed() {
    let unsaid = |side, won| Incoming { confirmed: false, ..incoming(side, won) };
    let at_once = |incoming| Incoming { time_in_force: TimeInForce::ImmediateOrCancel, ..incoming };
    for (side, won, best) in [(Side::Buy, 9_000, 5_000), (Side::Sell, 1_000, 5_000)] {
        let other = Head { best_bound: best, sequence: 1, ..Head::new(side.other()) };
        let seen = |user| Seen {
            own: Head::new(side),
            other,
            best: Some(Resting { order: id(2), user, price: price(best), priority: 1 }),
        };
        let meets_at = Some(price(best));
        assert_eq!(
            decide(&unsaid(side, won), &seen(id(2))),
            Err(Rejection::Unconfirmed { meets_at })
        );
        assert_eq!(decide(&unsaid(side, won), &seen(id(1))), Err(Rejection::SelfTrade));
        assert!(matches!(decide(&at_once(unsaid(side, won)), &seen(id(2))), Ok(Plan::Take(_))));
        assert!(matches!(decide(&incoming(side, won), &seen(id(2))), Ok(Plan::Take(_))));
    }
}

/// F7: what rested last and was not seen, though it would be served before what was, must be gone.
#[test]
fn a_place_that_was_not_seen_is_in_the_condition() {
    let place = |price, priority| Some(Place { price, priority });
    // The place of the order that rested last; the best that was seen (won, number); the condition.
    let rows = [
        (None, Some((5_000, 3)), None),
        // It is what was seen, or behind it.
        (place(5_000, 3), Some((5_000, 3)), None),
        (place(5_000, 4), Some((5_000, 3)), None),
        (place(6_000, 1), Some((5_000, 3)), None),
        // It would be served sooner.
        (place(5_000, 2), Some((5_000, 3)), place(5_000, 2)),
        (place(4_000, 9), Some((5_000, 3)), place(4_000, 9)),
        (place(9_000, 9), None, place(9_000, 9)),
    ];
    for (last, best, due) in rows {
        let other = Head { last, ..bounded(FRESH_SELL, 1, 4_000) };
        let best = best.map(|(won, priority)| resting(2, won, priority));
        let seen = Seen { own: FRESH_BUY, other, best };
        let guard = match decide(&incoming(Side::Buy, 5_000), &seen).unwrap() {
            Plan::Rest(Rest { other, .. }) | Plan::Take(Take { other, .. }) => other,
        };
        let Guard::Tighten { empty, .. } = guard else { panic!("{guard:?}") };
        assert_eq!(empty, due, "{last:?} {best:?}");
        // Without a bound that says too much the same place is asked about.
        let other = Head { last, ..bounded(FRESH_SELL, 1, 5_000) };
        if let (Some(_), Ok(Plan::Take(take))) =
            (best, decide(&incoming(Side::Buy, 5_000), &Seen { other, ..seen }))
        {
            assert_eq!(
                take.other,
                Guard::NothingBetter { price: 5_000, top_revision: 0, empty: due }
            );
        }
    }
}
