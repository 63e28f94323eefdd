//! A match that a card pays: the bid's deposit, how long a refusal and silence keep the other side.

use super::{
    policy::{CHARGE_WITHIN, REFUSED_WITHIN},
    *,
};
use crate::{exchange::hold_of, ledger::Account};

fn claimed() -> Trade {
    let trade = opened(by_card(), Variant::Inspected);
    claim(&trade, id(9), trade.total(), address(), start()).unwrap()
}

/// The command, what the buyer and the seller get of the deposit, the reason and whose fault it is.
#[test]
fn what_becomes_of_the_deposit_of_a_card_bid() {
    let free = opened(by_card(), Variant::Inspected);
    let refused = unclaim(&claimed(), id(9), true).unwrap();
    let late = start() + CHARGE_WITHIN;
    let soon = start() + REFUSED_WITHIN;
    let accept = Command::AcceptPayment { payment: id(9) };
    let nobody = (3_300, 0);
    for (trade, command, now, gets, end) in [
        (claimed(), accept.clone(), start(), nobody, None),
        (claimed(), accept, late, nobody, None),
        (free.clone(), Command::DeclinePayment, start(), (0, 3_300), Some("payment_declined")),
        (free.clone(), Command::GiveUpPayment, start(), nobody, Some("payment_unknown")),
        (free, Command::TimeOut, late, nobody, Some("payment_unknown")),
        (claimed(), Command::TimeOut, late, nobody, Some("payment_unknown")),
        (refused, Command::TimeOut, soon, (0, 3_300), Some("payment_declined")),
    ] {
        let case = format!("{command:?} at {now}");
        let decision = decide(&trade, command, Actor::System, now).unwrap();
        let moved = decision.movement.iter().filter(|_| decision.hold.is_some());
        let moved: Vec<_> = moved.chain(decision.release.iter().map(|it| &it.movement)).collect();
        let change = |account| moved.iter().map(|it| it.change_of(account)).sum::<i64>();
        let [buyer, seller] = [2, 1].map(|it| change(Account::SpendOnly(id(it))));
        assert_eq!((buyer, seller), gets, "{case}");
        assert_eq!(change(Account::Held(id(2))), -3_300, "{case}");
        let release = decision.release.map(|release| release.subject);
        assert_eq!(decision.hold.or(release), Some(hold_of(id(5))), "{case}");
        let reason = decision.trade.cancellation.as_ref().map(|ended| ended.reason.as_str());
        assert_eq!((reason, decision.trade.claim), (end, None), "{case}");
        let fault = decision.trade.cancellation.map(|ended| (ended.fault, ended.penalty.get()));
        let due = end.map(|reason| match reason {
            "payment_declined" => (LiableParty::Buyer, 0),
            _ => (LiableParty::Nobody, 0),
        });
        assert_eq!(fault, due, "{case}");
    }
}

/// Bids of before there was a deposit end as they did.
#[test]
fn a_bid_without_a_deposit_loses_none() {
    let source = matched(Funding::Card { method: id(8), bid: None });
    for command in [Command::DeclinePayment, Command::GiveUpPayment] {
        let trade = opened(source, Variant::Inspected);
        let decision = decide(&trade, command, Actor::System, start()).unwrap();
        assert_eq!((decision.movement, decision.hold, decision.release), (None, None, None));
    }
}

/// A refused card keeps the ask five minutes; an outcome that nobody knows half an hour; both to
/// the millisecond.
#[test]
fn how_long_the_other_side_waits() {
    let refused = unclaim(&claimed(), id(9), true).unwrap();
    assert!(refused.card_refused);
    let unknown = unclaim(&claimed(), id(9), false).unwrap();
    let again = claim(&refused, id(7), refused.total(), address(), start()).unwrap();
    for (trade, within) in [
        (refused.clone(), REFUSED_WITHIN),
        (unknown, CHARGE_WITHIN),
        (claimed(), CHARGE_WITHIN),
        (again, CHARGE_WITHIN),
    ] {
        let end = start() + within;
        assert_eq!(due_command(&trade, end - Span::millis(1)), None);
        assert_eq!(due_command(&trade, end), Some(Command::TimeOut));
        assert!(decide(&trade, Command::TimeOut, Actor::System, end).is_ok());
    }
    // The refusal of a late attempt ends what waits at once.
    let late = unclaim(&claimed(), id(9), true).unwrap();
    assert_eq!(due_command(&late, start() + Span::minutes(20)), Some(Command::TimeOut));
    assert_eq!(
        claim(&late, id(7), late.total(), address(), start() + REFUSED_WITHIN),
        Err(Rejection::PaymentOverdue { deadline: start() + REFUSED_WITHIN })
    );
}

/// A provider's refusal of a win is not the end of the win.
#[test]
fn a_refused_payment_of_a_win_shortens_nothing() {
    let trade = opened(auction(0), Variant::Direct);
    let claimed = claim(&trade, id(9), trade.total(), address(), start()).unwrap();
    let free = unclaim(&claimed, id(9), true).unwrap();
    assert_eq!((free.deadline, free.card_refused), (trade.deadline, false));
    let late = start() + Span::days(9);
    assert_eq!(due_command(&claimed, late), None, "a win waits for its payment's end");
}
