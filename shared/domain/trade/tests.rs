//! Every command × actor × state, and the numbers.

mod cards;
mod disputes;
mod edges;
mod kinds;
mod matches;
mod meetings;
mod numbers;
mod parcels;
mod penalties;
mod walks;

use kernel::{Id, Instant, Span, Won};
use uuid::Uuid;

use super::*;
use crate::{
    carrier::{Carrier, TrackingNumber},
    identity::Address,
    ledger::Split,
};

fn start() -> Instant {
    "2026-11-21T00:00:00.000Z".parse().unwrap()
}

fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn address() -> Address {
    let phone = "010-1234-5678".parse().unwrap();
    Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap()
}

fn number() -> TrackingNumber {
    TrackingNumber::parse(Carrier::CjLogistics, "688712345678").unwrap()
}

/// Of the parcel that goes back.
fn back_number() -> TrackingNumber {
    TrackingNumber::parse(Carrier::CjLogistics, "688712345690").unwrap()
}

fn says(text: &str) -> StatementText {
    text.parse().unwrap()
}

fn dispute() -> Command {
    Command::Dispute { complaint: Complaint::Damaged, text: says("깨졌습니다") }
}

fn rule(verdict: Verdict) -> Command {
    Command::Rule(Ruling { verdict, note: "사진과 다름".to_owned(), at: start() })
}

fn goes_back() -> Command {
    rule(Verdict::Return { freight: FreightPayer::Seller })
}

fn auction(round: u8) -> Source {
    Source::Auction { auction: id(7), round }
}

fn matched(funding: Funding) -> Source {
    let option = "270".parse().unwrap();
    Source::Exchange(Match {
        item: id(4),
        option,
        buy: id(5),
        sell: id(6),
        funding,
        rebuy_if_failed: false,
        deposit: Split::ZERO,
    })
}

/// The wallet of the buyer holds what an order at 110,000 won needs.
fn from_wallet() -> Source {
    matched(Funding::Wallet { held: Split::spend_only(Won::constant(113_300)) })
}

/// A card is to pay what a bid at 110,000 won met.
const CARD_BID: CardBid =
    CardBid { price: Won::constant(110_000), deposit: Split::spend_only(Won::constant(3_300)) };

fn by_card() -> Source {
    matched(Funding::Card { method: id(8), bid: Some(CARD_BID) })
}

fn inspected(grade: Grade) -> Command {
    let photos = vec!["inspection/1.jpg".to_owned()];
    Command::Inspect(Inspection { inspector: id(9), checklist: 3, grade, notes: None, photos })
}

/// By the carrier's word.
fn arrive() -> Command {
    Command::Deliver { note: None }
}

fn scan() -> Command {
    Command::Scan { at: start() + Span::hours(3) }
}

/// Decides for a seller who has nothing free.
fn decide(
    trade: &Trade,
    command: Command,
    actor: Actor,
    now: Instant,
) -> Result<Decision, Rejection> {
    decide_taking(trade, command, actor, now, Split::ZERO)
}

/// The whole of a win, out of topped-up money.
fn pay() -> Command {
    Command::Pay { address: address(), from: Split::spend_only(Won::constant(100_001)) }
}

fn opened(source: Source, variant: Variant) -> Trade {
    let agreement = Agreement {
        source,
        variant,
        seller: id(1),
        buyer: id(2),
        title: "카메라".to_owned(),
        price: Won::constant(100_001),
    };
    Trade::open(id(3), agreement, start())
}

/// The trade after `command`, which must be possible.
fn after(trade: &Trade, command: Command, actor: Actor, now: Instant) -> Trade {
    decide(trade, command, actor, now).unwrap().trade
}

/// A trade in `state`, an hour per step.
fn in_state(state: State, source: Source, variant: Variant) -> Trade {
    let mut trade = opened(source, variant);
    let mut now = start();
    for (command, actor) in way_to(state, variant) {
        now = now + Span::hours(1);
        trade = after(&trade, command, actor, now);
    }
    assert_eq!(trade.state, state);
    trade
}

fn way_to(state: State, variant: Variant) -> Vec<(Command, Actor)> {
    let pay = (pay(), Actor::Buyer);
    let ship = (Command::Ship(number()), Actor::Seller);
    let receive = (Command::Receive, Actor::Inspector);
    let pass = (inspected(Grade::Pass), Actor::Inspector);
    let doubt = (inspected(Grade::PassAt95), Actor::Inspector);
    let forward = (Command::Forward(number()), Actor::Inspector);
    let to_delivered = match variant {
        Variant::Direct => vec![pay.clone(), ship.clone(), (arrive(), Actor::System)],
        Variant::Inspected => vec![
            pay.clone(),
            ship.clone(),
            receive.clone(),
            pass.clone(),
            forward,
            (arrive(), Actor::System),
        ],
    };
    match state {
        State::AwaitingPayment => vec![],
        State::AwaitingShipment => vec![pay],
        State::InTransit => vec![pay, ship],
        State::Inspecting => vec![pay, ship, receive],
        State::AwaitingConsent => vec![pay, ship, receive, doubt],
        State::Forwarding => vec![pay, ship, receive, pass],
        State::Delivered => to_delivered,
        State::Completed => {
            to_delivered.into_iter().chain([(Command::Confirm, Actor::Buyer)]).collect()
        }
        State::Disputed | State::AwaitingReturn | State::Returning => {
            let back = [
                (dispute(), Actor::Buyer),
                (goes_back(), Actor::Admin),
                (Command::SendBack(back_number()), Actor::Buyer),
            ];
            let steps = match state {
                State::Disputed => 1,
                State::AwaitingReturn => 2,
                _ => 3,
            };
            to_delivered.into_iter().chain(back.into_iter().take(steps)).collect()
        }
        State::Cancelled => vec![(Command::Cancel { note: None }, Actor::Seller)],
    }
}
