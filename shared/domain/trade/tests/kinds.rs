//! Money goes back as it was, and is earned by a sale alone.

use super::*;
use crate::ledger::{Account, Movement};

const fn split(spend_only: i64, earned: i64) -> Split {
    Split { spend_only: Won::constant(spend_only), earned: Won::constant(earned) }
}

/// What a movement brings the free money of a user, by kind.
fn brings(movement: &Movement, user: u128) -> [i64; 2] {
    let user = id(user);
    [Account::SpendOnly(user), Account::Earned(user)].map(|account| movement.change_of(account))
}

#[test]
fn a_refund_is_of_the_kind_that_was_paid() {
    for from in [split(100_001, 0), split(0, 100_001), split(60_000, 40_001)] {
        let trade = opened(auction(0), Variant::Direct);
        let pay = Command::Pay { address: address(), from };
        let decision = decide(&trade, pay, Actor::Buyer, start()).unwrap();
        let [spend_only, earned] = [from.spend_only.get(), from.earned.get()];
        assert_eq!(brings(&decision.movement.unwrap(), 2), [-spend_only, -earned]);
        let cancel = Command::Cancel { note: None };
        let cancelled = decide(&decision.trade, cancel, Actor::Admin, start()).unwrap();
        assert_eq!(brings(&cancelled.movement.unwrap(), 2), [spend_only, earned]);
        let earns = settlement(&decision.trade).unwrap();
        assert_eq!(brings(&earns, 1), [0, 95_001], "a sale is earned whatever paid it");
    }
}

#[test]
fn what_a_provider_took_comes_back_spend_only() {
    let trade = opened(auction(0), Variant::Direct);
    let trade = claim(&trade, id(9), trade.total(), address(), start()).unwrap();
    let accept = Command::AcceptPayment { payment: id(9) };
    let paid = after(&trade, accept, Actor::System, start());
    let cancel = Command::Cancel { note: None };
    let cancelled = decide(&paid, cancel, Actor::Admin, start()).unwrap();
    assert_eq!(brings(&cancelled.movement.unwrap(), 2), [100_001, 0]);
}

/// Not the price, not a won less: the handler chooses the kinds, not the sum.
#[test]
fn a_payment_is_of_the_whole_total() {
    for from in [Split::ZERO, split(100_000, 0), split(100_001, 1), split(0, 100_002)] {
        let trade = opened(auction(0), Variant::Direct);
        let pay = Command::Pay { address: address(), from };
        let refused = decide(&trade, pay, Actor::Buyer, start());
        assert_eq!(refused, Err(Rejection::OtherAmount), "{from:?}");
    }
}

/// Of 113,300 held, 103,001 are needed: spend-only money first.
#[test]
fn a_capture_takes_spend_only_money_first() {
    for (held, back, earned) in [
        (split(113_300, 0), [10_299, 0], 0),
        (split(0, 113_300), [0, 10_299], 103_001),
        (split(103_001, 10_299), [0, 10_299], 0),
        (split(110_000, 3_300), [6_999, 3_300], 0),
        (split(100_000, 13_300), [0, 10_299], 3_001),
    ] {
        let trade = opened(matched(Funding::Wallet { held }), Variant::Inspected);
        let decision = decide(&trade, Command::Capture, Actor::System, start()).unwrap();
        let movement = decision.movement.unwrap();
        assert_eq!(brings(&movement, 2), back, "{held:?}");
        assert_eq!(movement.change_of(Account::Held(id(2))), -113_300);
        assert_eq!(decision.trade.paid.unwrap().earned.get(), earned, "{held:?}");
    }
}

#[test]
fn a_forfeited_deposit_keeps_its_kind() {
    let bid = Some(CardBid { deposit: split(1_300, 2_000), ..CARD_BID });
    let trade = opened(matched(Funding::Card { method: id(8), bid }), Variant::Inspected);
    let declined = decide(&trade, Command::DeclinePayment, Actor::System, start()).unwrap();
    assert_eq!(brings(&declined.movement.unwrap(), 1), [1_300, 2_000]);
    let unknown = decide(&trade, Command::GiveUpPayment, Actor::System, start()).unwrap();
    assert_eq!(brings(&unknown.release.unwrap().movement, 2), [1_300, 2_000]);
}
