//! Fees, penalties, deadlines, reminders, movements.

use super::*;
use crate::ledger::{Account, Movement};

fn changes(movement: &Movement) -> Vec<(Account, i64)> {
    movement.postings().iter().map(|posting| (posting.account, posting.amount)).collect()
}

#[test]
fn fees_by_source_floored_to_the_won() {
    // 100,001 won: 5 % are 5,000.05, 3 % are 3,000.03.
    let cases =
        [(auction(0), 5_000, 0), (Source::Listing, 3_000, 0), (from_wallet(), 3_000, 3_000)];
    for (source, seller, buyer) in cases {
        let trade = opened(source, Variant::Direct);
        assert_eq!((trade.seller_fee.get(), trade.buyer_fee.get()), (seller, buyer), "{source:?}");
        assert_eq!(trade.total().get(), 100_001 + buyer);
    }
    assert_eq!(policy::share(Won::constant(19), 5), Won::ZERO);
    assert_eq!(policy::share(Won::MAX, 15).get(), 150_000_000_000);
}

#[test]
fn deadlines_by_state() {
    let hours =
        |trade: &Trade| trade.deadline.map(|at| at.since(trade.since).as_millis() / 3_600_000);
    let cases = [
        (State::AwaitingPayment, Some(48)),
        (State::AwaitingShipment, Some(48)),
        (State::InTransit, Some(72)),
        (State::Inspecting, None),
        (State::AwaitingConsent, Some(24)),
        (State::Forwarding, None),
        (State::Delivered, Some(72)),
        (State::Disputed, Some(14 * 24)),
        (State::AwaitingReturn, Some(72)),
        (State::Returning, Some(72)),
        (State::Completed, None),
        (State::Cancelled, None),
    ];
    for (state, due) in cases {
        assert_eq!(hours(&in_state(state, auction(0), Variant::Inspected)), due, "{state:?}");
    }
    assert_eq!(hours(&opened(auction(1), Variant::Direct)), Some(24));
}

#[test]
fn reminders_come_once_each() {
    let cases: [(State, u8, &[i64]); 9] = [
        (State::AwaitingPayment, 0, &[24, 40]),
        (State::AwaitingPayment, 2, &[18]),
        (State::AwaitingShipment, 0, &[36]),
        (State::InTransit, 0, &[48]),
        (State::AwaitingConsent, 0, &[18]),
        (State::Delivered, 0, &[48]),
        (State::Disputed, 0, &[12 * 24, 13 * 24]),
        (State::AwaitingReturn, 0, &[48]),
        (State::Returning, 0, &[48]),
    ];
    for (state, round, hours) in cases {
        let mut trade = in_state(state, auction(round), Variant::Inspected);
        for hour in hours {
            let at = trade.since + Span::hours(*hour);
            assert_eq!(trade.due(), Some(at), "{state:?}");
            assert_eq!(due_command(&trade, at - Span::millis(1)), None);
            let early = decide(&trade, Command::Remind, Actor::System, at - Span::millis(1));
            assert_eq!(early, Err(Rejection::NotDue));
            assert_eq!(due_command(&trade, at), Some(Command::Remind));
            let decision = decide(&trade, Command::Remind, Actor::System, at).unwrap();
            assert_eq!(decision.transition, Transition::Reminded(trade.duty().unwrap()));
            assert_eq!(decision.movement, None);
            trade = decision.trade;
        }
        let deadline = trade.deadline.unwrap();
        assert_eq!(trade.due(), Some(deadline), "{state:?}");
        assert_eq!(due_command(&trade, deadline - Span::millis(1)), None);
        let early = decide(&trade, Command::TimeOut, Actor::System, deadline - Span::millis(1));
        assert_eq!(early, Err(Rejection::NotDue));
        assert_eq!(due_command(&trade, deadline), Some(Command::TimeOut));
    }
}

#[test]
fn missed_reminders_are_one() {
    let trade = opened(auction(0), Variant::Direct);
    let at = start() + Span::hours(41);
    let reminded = after(&trade, Command::Remind, Actor::System, at);
    assert_eq!((reminded.reminded, reminded.due()), (2, reminded.deadline));
}

#[test]
fn paying_is_in_time_until_the_deadline() {
    let trade = opened(auction(0), Variant::Direct);
    let deadline = trade.deadline.unwrap();
    let pay = super::pay();
    let late = decide(&trade, pay.clone(), Actor::Buyer, deadline);
    assert_eq!(late, Err(Rejection::PaymentOverdue { deadline }));
    let decision = decide(&trade, pay, Actor::Buyer, deadline - Span::millis(1)).unwrap();
    let movement = decision.movement.unwrap();
    assert_eq!(movement.reason(), format!("trade-payment#{}", trade.id));
    let moves = [(Account::SpendOnly(id(2)), -100_001), (Account::Escrow(id(3)), 100_001)];
    assert_eq!(changes(&movement), moves);
    assert_eq!(decision.trade.address, Some(address()));
}

/// From a state, by a command after so long, for which reason, at what cost to the seller.
type Case = (State, (Command, Actor), Span, Reason, i64);

fn endings() -> Vec<Case> {
    use Actor::{Admin, Buyer, Inspector, Seller, System};
    use State::{AwaitingConsent, AwaitingPayment, AwaitingShipment, InTransit, Inspecting};
    let hour = Span::hours(1);
    let within = Span::millis(3_599_999);
    let cancel = |actor| (Command::Cancel { note: None }, actor);
    let fail = |defect| (inspected(Grade::Fail(defect)), Inspector);
    let silence = (Command::TimeOut, System);
    let refuse = (Command::RefuseConsent, Buyer);
    vec![
        (AwaitingPayment, cancel(Seller), hour, Reason::SellerRefused, 5_000),
        (AwaitingPayment, cancel(Buyer), hour, Reason::BuyerWithdrew, 0),
        (AwaitingPayment, silence.clone(), Span::hours(48), Reason::Unpaid, 0),
        (AwaitingShipment, cancel(Seller), within, Reason::SellerRefused, 5_000),
        (AwaitingShipment, cancel(Seller), hour, Reason::SellerRefused, 10_000),
        (AwaitingShipment, cancel(Admin), hour, Reason::ByAdmin, 0),
        (AwaitingShipment, silence.clone(), Span::hours(48), Reason::NotShipped, 10_000),
        (InTransit, silence.clone(), Span::hours(72), Reason::NotHandedIn, 10_000),
        (InTransit, (Command::Lose, System), hour, Reason::Lost, 0),
        (InTransit, (Command::TurnBack, System), hour, Reason::ReturnedToSender, 0),
        (Inspecting, fail(Defect::Mismatch), hour, Reason::Mismatch, 10_000),
        (Inspecting, fail(Defect::Counterfeit), hour, Reason::Counterfeit, 15_000),
        (AwaitingConsent, refuse, hour, Reason::ConsentRefused, 0),
        (AwaitingConsent, silence, Span::hours(24), Reason::ConsentRefused, 0),
        (InTransit, cancel(Admin), hour, Reason::ByAdmin, 0),
    ]
}

#[test]
fn who_is_to_blame_and_what_it_costs() {
    for (state, (command, actor), wait, reason, cost) in endings() {
        let trade = in_state(state, auction(0), Variant::Inspected);
        let told = format!("{command:?} while {state:?}");
        let decision = decide(&trade, command, actor, trade.since + wait).unwrap();
        let cancellation = decision.trade.cancellation.clone().unwrap();
        assert_eq!((cancellation.reason, cancellation.penalty.get()), (reason, cost), "{told}");
        let refund = trade.paid.map(|_| {
            vec![(Account::Escrow(id(3)), -100_001), (Account::SpendOnly(id(2)), 100_001)]
        });
        assert_eq!(decision.movement.as_ref().map(changes), refund, "{told}");
        let owed = (cost > 0)
            .then(|| vec![(Account::Penalty(id(1)), -cost), (Account::Claim(id(3)), cost)]);
        let moved = decision.penalty.map(|penalty| changes(&penalty.movement));
        assert_eq!(moved, owed, "{told}");
    }
}

#[test]
fn an_offer_costs_nobody_anything() {
    for (command, actor, reason) in [
        (Command::TimeOut, Actor::System, Reason::OfferLapsed),
        (Command::Cancel { note: None }, Actor::Buyer, Reason::OfferDeclined),
        (Command::Decline, Actor::Buyer, Reason::OfferDeclined),
    ] {
        let trade = opened(auction(1), Variant::Direct);
        let ended = after(&trade, command, actor, start() + Span::hours(24));
        let cancellation = ended.cancellation.unwrap();
        assert_eq!((cancellation.reason, cancellation.fault), (reason, LiableParty::Nobody));
        assert!(!reason.is_strike() && reason.passes_on());
    }
    assert!(Reason::Unpaid.is_strike() && Reason::BuyerWithdrew.is_strike());
    assert!(!Reason::SellerRefused.passes_on() && !Reason::ByAdmin.passes_on());
}

#[test]
fn the_settlement_pays_the_seller_and_the_platform() {
    let trade = opened(from_wallet(), Variant::Inspected);
    let movement = settlement(&trade).unwrap();
    // Price 100,001; fees 3,000 and 3,000.
    let due = [
        (Account::Escrow(id(3)), -103_001),
        (Account::Earned(id(1)), 97_001),
        (Account::Revenue, 6_000),
    ];
    assert_eq!(changes(&movement), due);
    assert_eq!(movement.reason(), format!("settlement#{}", trade.id));
}

#[test]
fn the_smallest_and_the_largest_price_balance() {
    for price in [1, Won::MAX.get()] {
        for source in [auction(0), Source::Listing, from_wallet()] {
            let mut trade = opened(source, Variant::Direct);
            trade.agreement.price = Won::constant(price);
            let trade = Trade::open(trade.id, trade.agreement, start());
            let movement = settlement(&trade).unwrap();
            let sum: i64 = movement.postings().iter().map(|posting| posting.amount).sum();
            assert_eq!(sum, 0);
            assert_eq!(movement.change_of(Account::Escrow(trade.id)), -trade.total().get());
        }
    }
}

#[test]
fn a_parcels_number_is_told_when_it_is_sent_off() {
    let begun = in_state(State::AwaitingShipment, auction(0), Variant::Direct);
    let ship = Command::Ship(number());
    let shipped = decide(&begun, ship, Actor::Seller, start()).unwrap();
    assert_eq!(shipped.tracking_number(), Some(number()));
    let later = decide(&shipped.trade, arrive(), Actor::System, start()).unwrap();
    assert_eq!(later.tracking_number(), None, "it stands there already");
    let stored = shipped.trade.shipment.unwrap();
    assert_eq!((&*stored.carrier, &*stored.tracking_number), ("kr.cjlogistics", "688712345678"));
    assert_eq!(stored.number(), Some(number()));
}

/// Free text of before numbers were checked is kept, and looked up nowhere.
#[test]
fn a_shipment_of_before_numbers_were_checked_has_no_number() {
    for (carrier, tracking_number) in [
        ("CJ대한통운", "688712345678"),
        ("kr.cjlogistics", "1"),
        ("kr.cjlogistics", "68871234567A"),
    ] {
        let tracking_number = tracking_number.to_owned();
        let shipment = Shipment { carrier: carrier.to_owned(), tracking_number, scanned_at: None };
        assert_eq!((shipment.number(), shipment.is_handed_in()), (None, true));
    }
}
