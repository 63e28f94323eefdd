//! What a plan makes of its orders.

use super::{
    replays::{order, start},
    *,
};
use crate::trade::State;

fn sell() -> Order {
    let sell = Order { id: id(20), user: id(21), ..order() };
    let (side, funding) = (Side::Sell, OrderFunding::Seller);
    Order { terms: Terms { side, funding, price: price(9_000), ..sell.terms.clone() }, ..sell }
}

fn take(resting: &Order) -> Plan {
    let Order { id: order, user, priority, .. } = *resting;
    let resting = Resting { order, user, price: resting.terms.price, priority };
    let other = Guard::NothingBetter { price: 9_000, top_revision: 1, empty: None };
    Plan::Take(Take { resting, other, served: Some(9) })
}

#[test]
fn an_order_that_rests_is_open() {
    let rest = Rest {
        own: Own::Behind { price: 10_000 },
        seen: 0,
        before: None,
        other: Guard::OutOfReach { price: 10_000 },
    };
    let before = order().dismissed(start());
    let execution = Execution::of(&Plan::Rest(rest), &before, None, start()).unwrap();
    assert_eq!(execution.before, None);
    assert_eq!(execution.after, Order { state: OrderState::Open, ..before });
    assert_eq!(execution.effect, BookEffect::Rests(rest));
}

#[test]
fn two_orders_that_meet_make_the_trade_whoever_came_last() {
    for (incoming, resting) in [(order(), sell()), (sell(), order())] {
        let execution = Execution::of(&take(&resting), &incoming, Some(resting.clone()), start());
        let execution = execution.unwrap();
        let BookEffect::Meets(met) = execution.effect else { panic!("it meets nothing") };
        let trade = trade_of_match(order().id, sell().id);
        assert_eq!((met.trade.id, met.trade.state), (trade, State::AwaitingPayment));
        assert_eq!(met.trade.agreement, agreement(&incoming, &resting).unwrap());
        assert_eq!(met.trade.address, Some(order().terms.address), "the buyer's");
        let terms = Met { trade, price: resting.terms.price };
        assert_eq!(met.counterpart, resting.matched(terms, start()));
        assert_eq!(met.resting, resting);
        let after = Order { at_once: Some(terms), ..incoming.matched(terms, start()) };
        assert_eq!(execution.after, after);
    }
}

#[test]
fn an_order_that_comes_back_keeps_what_it_met_when_it_was_placed() {
    let first = Some(Met { trade: id(9), price: price(8_000) });
    for at_once in [first, None] {
        let before = Order { at_once, ..order() };
        let execution = Execution::of(&take(&sell()), &before, Some(sell()), start()).unwrap();
        let execution = execution.returning(before.clone());
        assert_eq!(execution.after.at_once, at_once);
        assert_eq!(execution.before, Some(before));
    }
}

#[test]
fn a_plan_meets_only_the_order_that_it_names() {
    let other = Order { id: id(22), ..sell() };
    for found in [None, Some(other)] {
        assert_eq!(Execution::of(&take(&sell()), &order(), found, start()), Err(WrongCounterpart));
    }
    let own_side = Order { id: id(23), ..order() };
    let same = Execution::of(&take(&own_side), &order(), Some(own_side), start());
    assert_eq!(same, Err(WrongCounterpart));
}
