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
fn what_a_provider_took_stays_in_escrow_until_it_has_it_back() {
    let trade = opened(auction(0), Variant::Direct);
    let trade = claim(&trade, id(9), trade.total(), address(), start()).unwrap();
    let accept = Command::AcceptPayment { payment: id(9) };
    let paid = after(&trade, accept, Actor::System, start());
    let cancel = Command::Cancel { note: None };
    let cancelled = decide(&paid, cancel, Actor::Admin, start()).unwrap();
    assert_eq!(cancelled.movement, None);
    let refund = cancelled.provider_refund().unwrap();
    assert_eq!((refund.payment, refund.amount, refund.end), (id(9), trade.total(), None));
    for in_wallet in [false, true] {
        let movement = provider_refund(&cancelled.trade, refund, in_wallet).unwrap();
        assert_eq!(movement.reason(), format!("refund#{}", trade.id));
        let back = if in_wallet { [0, 100_001] } else { [100_001, 0] };
        let to = [Account::Provider, Account::SpendOnly(id(2))];
        assert_eq!(to.map(|account| movement.change_of(account)), back);
        assert_eq!(movement.change_of(Account::Escrow(trade.id)), -100_001);
        let end = RefundEnd { in_wallet, at: start() };
        let ended = cancelled.trade.refund_ended(end).unwrap();
        assert_eq!(ended.version, cancelled.trade.version + 1);
        assert_eq!(ended.refund_ended(end), None, "it ends once");
    }
}

/// A part goes back the same way, and the settlement leaves it where it is.
#[test]
fn a_part_of_what_a_provider_took_stays_in_escrow_beside_the_settlement() {
    let trade = opened(auction(0), Variant::Direct);
    let trade = claim(&trade, id(9), trade.total(), address(), start()).unwrap();
    let paid = after(&trade, Command::AcceptPayment { payment: id(9) }, Actor::System, start());
    let delivered = after(&paid, Command::Ship(number()), Actor::Seller, start());
    let scanned = after(&delivered, Command::Scan { at: start() }, Actor::System, start());
    let delivered = after(&scanned, Command::Deliver { note: None }, Actor::System, start());
    let amount = Won::constant(30_000);
    let text = "다릅니다".parse().unwrap();
    let complaint = Command::Dispute { complaint: Complaint::Damaged, text };
    let disputed = after(&delivered, complaint, Actor::Buyer, start());
    let offered = after(&disputed, Command::OfferRefund { amount }, Actor::Seller, start());
    let accept = Command::AcceptRefund { amount };
    let agreed = decide(&offered, accept, Actor::Buyer, start()).unwrap();
    assert_eq!(agreed.movement, None);
    let refund = agreed.provider_refund().unwrap();
    assert_eq!(refund.amount, amount);
    let settled = settlement(&agreed.trade).unwrap();
    assert_eq!(settled.change_of(Account::Escrow(trade.id)), -70_001);
    let movement = provider_refund(&agreed.trade, refund, false).unwrap();
    assert_eq!(movement.reason(), format!("partial-refund#{}", trade.id));
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
