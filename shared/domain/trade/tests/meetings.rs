//! Goods that are handed over in person.

use super::*;
use policy::{MEET_WITHIN, WRONG_CODES_MAX};

fn paid() -> Trade {
    let trade = opened(auction(0), Variant::Direct);
    let from = Split::spend_only(Won::constant(100_001));
    after(&trade, Command::PayToMeet { from }, Actor::Buyer, start())
}

fn enter(is_right: bool) -> Command {
    Command::HandOver { is_right }
}

#[test]
fn the_buyers_code_completes_the_trade() {
    let trade = paid();
    assert_eq!(trade.meeting, Some(Handover { code: 0, wrong: 0 }));
    assert_eq!((trade.address.clone(), trade.duty()), (None, Some(Duty::Meet)));
    assert_eq!(trade.deadline, Some(start() + MEET_WITHIN));
    let done = decide(&trade, enter(true), Actor::Seller, start()).unwrap();
    assert_eq!(done.transition, Transition::Completed);
    let states: Vec<State> = done.trade.history.iter().map(|line| line.state).collect();
    use State::{AwaitingPayment, AwaitingShipment, Completed, Delivered};
    assert_eq!(states, [AwaitingPayment, AwaitingShipment, Delivered, Completed]);
}

#[test]
fn who_enters_and_who_renews() {
    let trade = paid();
    for actor in [Actor::Buyer, Actor::Inspector, Actor::Admin, Actor::System] {
        let answer = decide(&trade, enter(true), actor, start());
        assert_eq!(answer, Err(Rejection::WrongActor), "{actor:?}");
    }
    for actor in [Actor::Seller, Actor::Inspector, Actor::Admin, Actor::System] {
        let answer = decide(&trade, Command::RenewCode, actor, start());
        assert_eq!(answer, Err(Rejection::WrongActor), "{actor:?}");
    }
}

#[test]
fn nothing_is_sent_that_is_handed_over_and_the_other_way_round() {
    let trade = paid();
    let state = State::AwaitingShipment;
    let wrong = Err(Rejection::WrongState { state });
    assert_eq!(decide(&trade, Command::Ship(number()), Actor::Seller, start()), wrong);
    let sent = in_state(state, auction(0), Variant::Direct);
    assert_eq!(decide(&sent, enter(true), Actor::Seller, sent.since), wrong);
    assert_eq!(decide(&sent, Command::RenewCode, Actor::Buyer, sent.since), wrong);
    let over = after(&trade, enter(true), Actor::Seller, start());
    for (command, actor) in [(enter(true), Actor::Seller), (Command::RenewCode, Actor::Buyer)] {
        let answer = decide(&over, command, actor, start());
        assert_eq!(answer, Err(Rejection::WrongState { state: State::Completed }));
    }
}

#[test]
fn five_wrong_codes_and_the_buyer_has_to_renew_it() {
    let mut trade = paid();
    for wrong in 1..=WRONG_CODES_MAX {
        let missed = decide(&trade, enter(false), Actor::Seller, start()).unwrap();
        assert_eq!((missed.transition, missed.movement), (Transition::WrongCode, None));
        trade = missed.trade;
        assert_eq!(trade.meeting, Some(Handover { code: 0, wrong }));
    }
    for is_right in [false, true] {
        let answer = decide(&trade, enter(is_right), Actor::Seller, start());
        assert_eq!(answer, Err(Rejection::CodeUsedUp));
    }
    let renewed = after(&trade, Command::RenewCode, Actor::Buyer, start());
    assert_eq!(renewed.meeting, Some(Handover { code: 1, wrong: 0 }));
    assert_eq!(renewed.deadline, trade.deadline, "nobody gains time by it");
    let done = after(&renewed, enter(true), Actor::Seller, start());
    assert_eq!(done.state, State::Completed);
}

#[test]
fn a_meeting_that_lapses_is_refunded_and_nobodys_fault() {
    let trade = paid();
    let deadline = trade.deadline.unwrap();
    let late = decide(&trade, enter(true), Actor::Seller, deadline);
    assert_eq!(late, Err(Rejection::ShipmentOverdue { deadline }));
    let before = deadline - Span::millis(1);
    assert_eq!(after(&trade, enter(true), Actor::Seller, before).state, State::Completed);
    let lapsed = decide(&trade, Command::TimeOut, Actor::System, deadline).unwrap();
    let cancellation = lapsed.trade.cancellation.unwrap();
    assert_eq!(cancellation.reason, Reason::NotMet);
    assert_eq!((cancellation.fault, cancellation.penalty), (LiableParty::Nobody, Won::ZERO));
    assert_eq!(lapsed.movement.unwrap().reason(), format!("refund#{}", trade.id));
}

#[test]
fn a_shipment_after_its_deadline_is_too_late_whenever_the_sweep_comes() {
    let trade = in_state(State::AwaitingShipment, auction(0), Variant::Direct);
    let deadline = trade.deadline.unwrap();
    let ship = |now| decide(&trade, Command::Ship(number()), Actor::Seller, now);
    assert_eq!(ship(deadline), Err(Rejection::ShipmentOverdue { deadline }));
    assert!(ship(deadline - Span::millis(1)).is_ok());
}

#[test]
fn what_goes_through_the_centre_is_not_handed_over() {
    let trade = opened(Source::Listing, Variant::Inspected);
    let from = Split::spend_only(trade.total());
    let answer = decide(&trade, Command::PayToMeet { from }, Actor::Buyer, start());
    assert_eq!(answer, Err(Rejection::NotDirect));
}
