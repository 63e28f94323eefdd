//! What is different for a trade of two orders that met.

use super::*;
use crate::ledger::Account;

#[test]
fn what_is_held_is_taken_and_the_rest_is_free_again() {
    let trade = opened(from_wallet(), Variant::Inspected);
    let decision = decide(&trade, Command::Capture, Actor::System, start()).unwrap();
    assert_eq!(decision.trade.state, State::AwaitingShipment);
    assert_eq!(decision.hold.as_deref(), Some(&*crate::exchange::hold_of(id(5))));
    let movement = decision.movement.unwrap();
    let changes = [
        (Account::Held(id(2)), -113_300),
        // 100,001 and 3 %, rounded down.
        (Account::Escrow(id(3)), 103_001),
        (Account::Available(id(2)), 10_299),
    ];
    for (account, change) in changes {
        assert_eq!(movement.change_of(account), change, "{account}");
    }
}

#[test]
fn a_hold_of_exactly_the_total_leaves_nothing_over() {
    let trade =
        opened(matched(Funding::Wallet { held: Won::constant(103_001) }), Variant::Inspected);
    let decision = decide(&trade, Command::Capture, Actor::System, start()).unwrap();
    assert_eq!(decision.movement.unwrap().postings().len(), 2);
}

#[test]
fn who_pays_a_match_and_how() {
    use Actor::{Admin, Buyer, Seller, System};
    let wrong = Err(Rejection::WrongState { state: State::AwaitingPayment });
    let (paid, cancelled) = (Ok(State::AwaitingShipment), Ok(State::Cancelled));
    let due = |trade: &Trade| trade.deadline.unwrap();
    let rows = [
        // The command, who gives it, what comes of it from the wallet and by card.
        (Command::Pay { address: address() }, Buyer, wrong, wrong),
        (Command::Cancel { note: None }, Buyer, wrong, wrong),
        (Command::Cancel { note: None }, Seller, wrong, wrong),
        (Command::Cancel { note: None }, Admin, wrong, wrong),
        (Command::Capture, System, paid, wrong),
        (Command::DeclinePayment, System, wrong, cancelled),
        // Nobody came to take what is held: it is taken now. A card that was not charged is not.
        (Command::TimeOut, System, paid, cancelled),
        (Command::Decline, Buyer, Err(Rejection::NotAnOffer), Err(Rejection::NotAnOffer)),
    ];
    for (command, actor, wallet, card) in rows {
        for (source, expected) in [(from_wallet(), wallet), (by_card(), card)] {
            let trade = opened(source, Variant::Inspected);
            let answer = decide(&trade, command.clone(), actor, due(&trade));
            let state = answer.map(|decision| decision.trade.state);
            assert_eq!(state, expected, "{command:?} by {actor:?} of {source:?}");
        }
    }
}

#[test]
fn a_declined_card_is_the_buyers_fault_and_costs_nobody() {
    let trade = opened(by_card(), Variant::Inspected);
    let decision = decide(&trade, Command::DeclinePayment, Actor::System, start()).unwrap();
    let cancellation = decision.trade.cancellation.unwrap();
    assert_eq!(cancellation.reason, Reason::PaymentDeclined);
    assert_eq!((cancellation.fault, cancellation.penalty), (LiableParty::Buyer, Won::ZERO));
    assert_eq!((decision.movement, decision.hold), (None, None));
}

#[test]
fn only_a_card_is_claimed_by_a_payment() {
    let wallet = opened(from_wallet(), Variant::Inspected);
    let refused = claim(&wallet, id(9), wallet.total(), address(), start());
    assert_eq!(refused, Err(Rejection::WrongState { state: State::AwaitingPayment }));
    let card = opened(by_card(), Variant::Inspected);
    let claimed = claim(&card, id(9), card.total(), address(), start()).unwrap();
    for command in [Command::DeclinePayment, Command::TimeOut] {
        let answer = decide(&claimed, command, Actor::System, card.deadline.unwrap());
        assert_eq!(answer, Err(Rejection::PaymentInProgress));
    }
    let accept = Command::AcceptPayment { payment: id(9) };
    let paid = after(&claimed, accept, Actor::System, start());
    assert_eq!(paid.state, State::AwaitingShipment);
}

#[test]
fn nobody_grades_what_they_sell_or_buy() {
    let trade = in_state(State::Inspecting, auction(0), Variant::Inspected);
    let by = |inspector| Inspection {
        inspector,
        checklist: 1,
        grade: Grade::Pass,
        notes: None,
        photos: Vec::new(),
    };
    for party in [trade.agreement.seller, trade.agreement.buyer] {
        let answer = decide(&trade, Command::Inspect(by(party)), Actor::Inspector, trade.since);
        assert_eq!(answer, Err(Rejection::WrongActor));
    }
    assert!(decide(&trade, Command::Inspect(by(id(9))), Actor::Inspector, trade.since).is_ok());
}

#[test]
fn consent_comes_in_time_or_not_at_all() {
    let trade = in_state(State::AwaitingConsent, auction(0), Variant::Inspected);
    let deadline = trade.deadline.unwrap();
    let last = after(&trade, Command::Consent, Actor::Buyer, deadline - Span::millis(1));
    assert_eq!(last.state, State::Forwarding);
    let late = decide(&trade, Command::Consent, Actor::Buyer, deadline);
    assert_eq!(late, Err(Rejection::ConsentOverdue { deadline }));
    let refused = after(&trade, Command::RefuseConsent, Actor::Buyer, deadline);
    assert_eq!(refused.cancellation.unwrap().reason, Reason::ConsentRefused);
}

#[test]
fn the_evidence_stays_with_the_trade() {
    for (grade, state) in [
        (Grade::Pass, State::Forwarding),
        (Grade::PassAt95, State::AwaitingConsent),
        (Grade::Fail(Defect::Mismatch), State::Cancelled),
        (Grade::Fail(Defect::Counterfeit), State::Cancelled),
    ] {
        let trade = in_state(State::Inspecting, auction(0), Variant::Inspected);
        let next = after(&trade, inspected(grade), Actor::Inspector, trade.since);
        let inspection = next.inspection.clone().unwrap();
        assert_eq!((next.state, inspection.grade, inspection.checklist), (state, grade, 3));
        assert_eq!(inspection.photos, ["inspection/1.jpg"]);
        assert_eq!(trade.inspected_at(), None);
        let later = Trade { since: start() + Span::days(9), ..next };
        assert_eq!(later.inspected_at(), Some(trade.since));
    }
}
