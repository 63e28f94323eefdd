//! Penalties are paid out of money that is there; the rest is owed, and collected later.

use super::*;
use crate::ledger::{Account, Debt, Movement};

const fn split(spend_only: i64, earned: i64) -> Split {
    Split { spend_only: Won::constant(spend_only), earned: Won::constant(earned) }
}

fn brings(movement: &Movement, user: u128) -> [i64; 2] {
    let user = id(user);
    [Account::SpendOnly(user), Account::Earned(user)].map(|account| movement.change_of(account))
}

/// Deposit, free money and the penalty; what the buyer has, what the seller gets, what is left.
#[test]
fn a_penalty_is_of_the_deposit_then_of_free_money_then_owed() {
    for (deposit, free, due, buyer, seller, left) in [
        (split(10_000, 0), split(0, 0), 5_000, [5_000, 0], [5_000, 0], 0),
        (split(0, 10_000), split(9, 9), 5_000, [0, 5_000], [0, 5_000], 0),
        (split(4_000, 6_000), split(9, 9), 5_000, [4_000, 1_000], [0, 5_000], 0),
        (split(4_000, 6_000), split(0, 0), 10_000, [4_000, 6_000], [0, 0], 0),
        (split(4_000, 6_000), split(9_000, 9_000), 15_000, [9_000, 6_000], [-5_000, 0], 0),
        (split(0, 0), split(9_000, 9_000), 15_000, [9_000, 6_000], [-9_000, -6_000], 0),
        (split(10_000, 0), split(1_000, 2_000), 15_000, [11_000, 2_000], [-1_000, -2_000], 2_000),
        (split(0, 0), split(0, 0), 15_000, [0, 0], [0, 0], 15_000),
    ] {
        let told = format!("{due} of {deposit:?}, {free:?}");
        let Source::Exchange(of) = from_wallet() else { panic!("no match") };
        let trade = opened(Source::Exchange(Match { deposit, ..of }), Variant::Inspected);
        let penalty = money::penalty(&trade, Won::constant(due), free, start()).unwrap();
        let moved = &penalty.movement;
        assert_eq!((brings(moved, 2), brings(moved, 1)), (buyer, seller), "{told}");
        assert_eq!(moved.change_of(Account::Held(id(1))), -deposit.total().get(), "{told}");
        assert_eq!(moved.change_of(Account::Penalty(id(1))), -left, "{told}");
        assert_eq!(moved.change_of(Account::Claim(trade.id)), left, "{told}");
        assert_eq!(penalty.taken.get(), due - left, "{told}");
        assert_eq!(penalty.debt.map_or(0, |debt| debt.left.get()), left, "{told}");
        assert_eq!(penalty.hold.is_some(), deposit != Split::ZERO, "{told}");
    }
}

/// F1: two accounts drew a penalty that the platform had advanced.
#[test]
fn nobody_is_paid_out_of_nothing() {
    let paid = after(&opened(auction(0), Variant::Direct), pay(), Actor::Buyer, start());
    let cancel = Command::Cancel { note: None };
    let asked = super::super::decide(&paid, cancel.clone(), Actor::Seller, start());
    assert_eq!(asked, Err(Rejection::TakesPenalty), "what the seller has must be known");
    let cancelled = decide(&paid, cancel, Actor::Seller, start()).unwrap();
    assert_eq!(brings(&cancelled.movement.unwrap(), 2), [100_001, 0], "the buyer's own money");
    let penalty = cancelled.penalty.unwrap();
    assert_eq!((penalty.taken, brings(&penalty.movement, 2)), (Won::ZERO, [0, 0]));
    let due = Debt {
        trade: id(3),
        debtor: id(1),
        creditor: Some(id(2)),
        left: Won::constant(5_000),
        born_at: start(),
    };
    assert_eq!(penalty.debt, Some(due));
}

#[test]
fn a_debt_is_collected_kind_by_kind_as_far_as_the_money_goes() {
    let debt = Debt {
        trade: id(3),
        debtor: id(1),
        creditor: Some(id(2)),
        left: Won::constant(5_000),
        born_at: start(),
    };
    assert_eq!(debt.collect(Split::ZERO).unwrap(), None);
    for (free, taken, left) in [
        (split(1, 0), [1, 0], 4_999),
        (split(3_000, 1_000), [3_000, 1_000], 1_000),
        (split(3_000, 9_000), [3_000, 2_000], 0),
        (split(0, 5_000), [0, 5_000], 0),
        (split(90_000, 90_000), [5_000, 0], 0),
    ] {
        for creditor in [Some(id(2)), None] {
            let debt = Debt { creditor, ..debt };
            let collection = debt.collect(free).unwrap().unwrap();
            let moved = &collection.movement;
            let amount = 5_000 - left;
            assert_eq!(brings(moved, 1), taken.map(|part| -part), "{free:?}");
            let owed_to = creditor.map_or([0, 0], |_| taken);
            assert_eq!(brings(moved, 2), owed_to, "{free:?}");
            assert_eq!(moved.change_of(Account::Penalty(id(1))), amount);
            let claim = creditor.map_or(0, |_| -amount);
            assert_eq!(moved.change_of(Account::Claim(id(3))), claim);
            assert_eq!((collection.amount.get(), collection.after.left.get()), (amount, left));
            // What was another's spend-only money may not leave at once.
            let locked = moved.lock().map_or(0, |lock| lock.money.spend_only.get());
            assert_eq!(locked, owed_to[0], "{free:?}");
            assert_eq!(moved.reason(), format!("collected#{}#5000", debt.trade));
        }
    }
}
