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
        (Account::SpendOnly(id(2)), 10_299),
    ];
    for (account, change) in changes {
        assert_eq!(movement.change_of(account), change, "{account}");
    }
}

#[test]
fn a_hold_of_exactly_the_total_leaves_nothing_over() {
    let held = Split::spend_only(Won::constant(103_001));
    let trade = opened(matched(Funding::Wallet { held }), Variant::Inspected);
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
        (pay(), Buyer, wrong, wrong),
        (Command::Cancel { note: None }, Buyer, wrong, wrong),
        (Command::Cancel { note: None }, Seller, wrong, wrong),
        (Command::Cancel { note: None }, Admin, wrong, wrong),
        (Command::Capture, System, paid, wrong),
        (Command::DeclinePayment, System, wrong, cancelled),
        (Command::GiveUpPayment, System, wrong, cancelled),
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
fn only_a_card_is_claimed_by_a_payment() {
    let wallet = opened(from_wallet(), Variant::Inspected);
    let refused = claim(&wallet, id(9), wallet.total(), address(), start());
    assert_eq!(refused, Err(Rejection::WrongState { state: State::AwaitingPayment }));
    let card = opened(by_card(), Variant::Inspected);
    let claimed = claim(&card, id(9), card.total(), address(), start()).unwrap();
    let early = card.deadline.unwrap() - Span::millis(1);
    for command in [Command::DeclinePayment, Command::GiveUpPayment, Command::TimeOut] {
        let answer = decide(&claimed, command, Actor::System, early);
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

/// The ask of a match at 100,001 has 10,000 set aside.
fn with_deposit(source: Source) -> Trade {
    let Source::Exchange(matched) = source else { panic!("no match") };
    let deposit = Split::spend_only(Won::constant(10_000));
    opened(Source::Exchange(Match { deposit, ..matched }), Variant::Inspected)
}

fn in_stage(trade: &Trade, state: State) -> Trade {
    let paid = Some(Paid { payment: None, at: start(), earned: Won::ZERO });
    let line = History { state, at: start(), by: Actor::System };
    let history = trade.history.iter().copied().chain([line]).collect();
    Trade { state, paid, since: start(), history, ..trade.clone() }
}

/// Given back at a pass and at a cancellation that is not the seller's; kept for a penalty, and for
/// an ask that returns to the book.
#[test]
fn what_becomes_of_a_deposit() {
    use Actor::{Admin, Buyer, Inspector, Seller, System};
    let wallet = with_deposit(from_wallet());
    let card = with_deposit(by_card());
    let cancel = || Command::Cancel { note: None };
    let fail = |defect| inspected(Grade::Fail(defect));
    let rows = [
        (in_stage(&wallet, State::Inspecting), inspected(Grade::Pass), Inspector, true),
        (in_stage(&wallet, State::Inspecting), inspected(Grade::PassAt95), Inspector, false),
        (in_stage(&wallet, State::Inspecting), fail(Defect::Mismatch), Inspector, false),
        (in_stage(&wallet, State::Inspecting), fail(Defect::Counterfeit), Inspector, false),
        (in_stage(&wallet, State::AwaitingConsent), Command::Consent, Buyer, true),
        (in_stage(&wallet, State::AwaitingConsent), Command::RefuseConsent, Buyer, true),
        (in_stage(&wallet, State::AwaitingShipment), cancel(), Seller, false),
        (in_stage(&wallet, State::AwaitingShipment), cancel(), Admin, true),
        (in_stage(&wallet, State::InTransit), cancel(), Admin, true),
        // A second release of what the pass gave back kept the trade from ever being cancelled.
        (in_stage(&wallet, State::Forwarding), cancel(), Admin, false),
        (wallet.clone(), Command::Capture, System, false),
        (card, Command::DeclinePayment, System, false),
    ];
    for (trade, command, actor, released) in rows {
        let case = format!("{command:?} by {actor:?} while {:?}", trade.state);
        let release = decide(&trade, command, actor, start()).unwrap().release;
        assert_eq!(release.is_some(), released, "{case}");
        if let Some(release) = release {
            assert_eq!(release.subject, crate::exchange::deposit_of(id(6)), "{case}");
            assert_eq!(release.movement.change_of(Account::Held(id(1))), -10_000, "{case}");
            assert_eq!(release.movement.change_of(Account::SpendOnly(id(1))), 10_000, "{case}");
        }
    }
}
