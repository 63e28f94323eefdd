//! What a carrier's word makes of a trade.

use super::*;
use crate::carrier::{ParcelState, Tracking, TrackingEvent};

use ParcelState::{
    Announced, AttemptFailed, Delivered, Exception, InTransit, Lost, OutForDelivery, PickedUp,
    Returned,
};

/// What the carrier says of [`number`]: these, an hour apart.
fn said(states: &[ParcelState]) -> Tracking {
    said_of(number(), states)
}

fn said_of(number: TrackingNumber, states: &[ParcelState]) -> Tracking {
    let event = |(hours, state): (i64, &ParcelState)| TrackingEvent {
        at: Some(start() + Span::hours(hours)),
        state: *state,
        name: String::new(),
    };
    Tracking::new(number, (3..).zip(states).map(event).collect())
}

/// The trade after everything that the carrier's word asks.
fn followed(mut trade: Trade, tracking: &Tracking) -> Trade {
    for _ in 0..4 {
        let Some(command) = carried(&trade, tracking) else { return trade };
        trade = after(&trade, command, Actor::System, trade.since + Span::hours(9));
    }
    panic!("it never ends: {trade:?}");
}

fn forwarded() -> Trade {
    let passed = in_state(State::Forwarding, auction(0), Variant::Inspected);
    after(&passed, Command::Forward(number()), Actor::Inspector, passed.since)
}

#[test]
fn every_word_and_what_becomes_of_the_trade() {
    use State::{Cancelled, Forwarding};
    for (states, direct, to_centre, to_buyer) in [
        (&[][..], State::InTransit, State::InTransit, Forwarding),
        (&[Announced], State::InTransit, State::InTransit, Forwarding),
        (&[Exception], State::InTransit, State::InTransit, Forwarding),
        (&[PickedUp], State::InTransit, State::InTransit, Forwarding),
        (&[PickedUp, InTransit], State::InTransit, State::InTransit, Forwarding),
        (&[PickedUp, OutForDelivery], State::InTransit, State::InTransit, Forwarding),
        (&[PickedUp, AttemptFailed], State::InTransit, State::InTransit, Forwarding),
        // What reached the centre is received there by somebody who sees it.
        (&[PickedUp, Delivered], State::Delivered, State::InTransit, State::Delivered),
        (&[Delivered], State::Delivered, State::InTransit, State::Delivered),
        (&[PickedUp, Lost], Cancelled, Cancelled, Cancelled),
        (&[PickedUp, Returned], Cancelled, Cancelled, Cancelled),
        // Its sender got it.
        (&[PickedUp, Returned, Delivered], Cancelled, Cancelled, Cancelled),
        // Found again before anybody looked.
        (&[PickedUp, Lost, InTransit], State::InTransit, State::InTransit, Forwarding),
    ] {
        let tracking = said(states);
        let shipped = in_state(State::InTransit, auction(0), Variant::Direct);
        assert_eq!(followed(shipped, &tracking).state, direct, "{states:?}");
        let shipped = in_state(State::InTransit, auction(0), Variant::Inspected);
        assert_eq!(followed(shipped, &tracking).state, to_centre, "{states:?}");
        assert_eq!(followed(forwarded(), &tracking).state, to_buyer, "{states:?}");
    }
}

#[test]
fn the_first_scan_ends_the_senders_deadline() {
    let shipped = in_state(State::InTransit, auction(0), Variant::Direct);
    assert_eq!(shipped.duty(), Some(Duty::HandIn));
    assert_eq!(shipped.deadline, Some(shipped.since + Span::hours(72)));
    let scanned = followed(shipped.clone(), &said(&[Announced, PickedUp]));
    let parcel = scanned.shipment.as_ref().unwrap();
    assert_eq!(parcel.scanned_at, Some(start() + Span::hours(4)));
    let late = start() + Span::hours(4) + Span::days(7);
    assert_eq!((scanned.duty(), scanned.deadline), (Some(Duty::Arrive), Some(late)));
    assert_eq!(scanned.due(), Some(late));
    assert_eq!(scanned.since, shipped.since, "it is in no other state");
    let told = decide(&scanned, Command::TimeOut, Actor::System, late).unwrap();
    assert_eq!((told.transition, told.movement), (Transition::Late, None));
    assert_eq!((told.trade.state, told.trade.due()), (State::InTransit, None));
    let silence = decide(&told.trade, Command::TimeOut, Actor::System, start() + Span::days(99));
    assert_eq!(silence, Err(Rejection::NotDue));
    let again = decide(&scanned, scan(), Actor::System, start());
    assert_eq!(again, Err(Rejection::WrongState { state: State::InTransit }));
}

#[test]
fn another_parcels_word_is_not_followed() {
    let shipped = in_state(State::InTransit, auction(0), Variant::Direct);
    let other = TrackingNumber::parse(Carrier::CjLogistics, "688712345679").unwrap();
    assert_eq!(carried(&shipped, &said_of(other, &[PickedUp, Delivered])), None);
    let same_digits = TrackingNumber::parse(Carrier::Hanjin, "688712345678").unwrap();
    assert_eq!(carried(&shipped, &said_of(same_digits, &[PickedUp, Delivered])), None);
    for state in [State::AwaitingShipment, State::Delivered, State::Completed] {
        let trade = in_state(state, auction(0), Variant::Direct);
        assert_eq!(carried(&trade, &said(&[PickedUp, Lost])), None, "{state:?}");
    }
    // The seller's parcel says nothing of the centre's.
    let passed = in_state(State::Forwarding, auction(0), Variant::Inspected);
    assert_eq!(carried(&passed, &said(&[PickedUp, Delivered])), None);
}

/// F2: a seller said a second after the shipment that the goods had arrived; 72 hours later the
/// buyer, who had nothing and could not object, had paid for them.
#[test]
fn f2_no_party_says_that_the_goods_have_arrived() {
    for variant in Variant::ALL.iter().copied() {
        let trade = match variant {
            Variant::Direct => in_state(State::InTransit, auction(0), variant),
            Variant::Inspected => forwarded(),
        };
        for actor in [Actor::Seller, Actor::Buyer, Actor::Inspector] {
            let answer = decide(&trade, arrive(), actor, trade.since);
            assert_eq!(answer, Err(Rejection::WrongActor), "{variant:?} {actor:?}");
        }
        for actor in [Actor::Admin, Actor::System] {
            assert_eq!(after(&trade, arrive(), actor, trade.since).state, State::Delivered);
        }
    }
}

#[test]
fn nobody_confirms_what_the_carrier_never_had() {
    for trade in [in_state(State::InTransit, auction(0), Variant::Direct), forwarded()] {
        let early = decide(&trade, Command::Confirm, Actor::Buyer, trade.since);
        assert_eq!(early, Err(Rejection::NotPickedUp), "{:?}", trade.state);
        let scanned = after(&trade, scan(), Actor::System, trade.since);
        let done = after(&scanned, Command::Confirm, Actor::Buyer, trade.since);
        assert_eq!(done.state, State::Completed);
    }
    // On the way to the centre there is nothing to confirm.
    let shipped = in_state(State::InTransit, auction(0), Variant::Inspected);
    let scanned = after(&shipped, scan(), Actor::System, shipped.since);
    let early = decide(&scanned, Command::Confirm, Actor::Buyer, shipped.since);
    assert_eq!(early, Err(Rejection::WrongState { state: State::InTransit }));
}

/// Nobody can be asked about a parcel of before numbers were checked.
#[test]
fn a_parcel_without_a_number_that_can_be_looked_up_is_taken_for_handed_in() {
    let mut trade = in_state(State::InTransit, auction(0), Variant::Direct);
    trade.shipment.as_mut().unwrap().tracking_number = "1".to_owned();
    trade.deadline = None;
    assert_eq!((trade.duty(), trade.due()), (None, None));
    assert_eq!(after(&trade, Command::Confirm, Actor::Buyer, trade.since).state, State::Completed);
}

#[test]
fn a_number_that_was_never_handed_in_is_free_again() {
    let trade = in_state(State::InTransit, auction(0), Variant::Direct);
    let over = trade.deadline.unwrap();
    let ended = decide(&trade, Command::TimeOut, Actor::System, over).unwrap();
    assert_eq!(ended.freed_number(), Some(number()));
    for command in [Command::Lose, Command::TurnBack] {
        let ended = decide(&trade, command, Actor::System, over).unwrap();
        assert_eq!(ended.freed_number(), None);
        let cancellation = ended.trade.cancellation.unwrap();
        assert_eq!(cancellation.fault, LiableParty::Nobody);
        assert_eq!(cancellation.penalty, Won::ZERO);
    }
}

/// The deposit of an ask whose parcel the carrier lost goes back whole; of one that passed it went
/// back before.
#[test]
fn what_a_carrier_lost_costs_nobody_a_deposit() {
    let deposit = Split::earned(Won::constant(11_000));
    let Source::Exchange(matched) = from_wallet() else { panic!("a match") };
    let source = Source::Exchange(Match { deposit, ..matched });
    let mut trade = opened(source, Variant::Inspected);
    for (command, actor) in [
        (Command::Capture, Actor::System),
        (Command::Ship(number()), Actor::Seller),
        (scan(), Actor::System),
    ] {
        trade = after(&trade, command, actor, start() + Span::hours(1));
    }
    let lost = decide(&trade, Command::Lose, Actor::System, start() + Span::hours(5)).unwrap();
    let back = lost.release.unwrap().movement;
    assert_eq!(back.change_of(crate::ledger::Account::Earned(id(1))), 11_000);
    assert_eq!(lost.penalty, None);
}
