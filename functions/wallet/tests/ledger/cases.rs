//! Movements: once, in bounds, whoever comes at the same time.

use domain::ledger::{Account, MovementKind, Split};
use futures::future::join_all;
use kernel::{Span, UserId, Won};
use local::{Fault, FaultKind};
use store::{CommitError, StoreError, Table, Transaction, ledger::MoneyWrite};

use crate::tests::fixture::{World, movement, top_up, trade};

/// Acceptance 1: simultaneous identical charges are one charge.
async fn one_of(count: usize) {
    let world = World::start().await;
    let minji = world.rich(1_000).await;
    let charge = top_up("same", minji.id, 500);
    let (store, now) = (world.store(), world.now());
    let outcomes = join_all((0..count).map(|_| store.move_money(&charge, now))).await;
    let moved = outcomes.into_iter().filter(|outcome| *outcome.as_ref().unwrap()).count();
    assert_eq!(moved, 1);
    assert_eq!(world.money(&minji).await, (1_500, 0));
    assert_eq!(world.store().wallet_lines(minji.id, 100, None).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn thirty_identical_charges_at_once_are_one() {
    one_of(30).await;
}

#[tokio::test]
async fn a_hundred_identical_charges_at_once_are_one() {
    one_of(100).await;
}

#[tokio::test]
async fn the_same_reason_moves_money_once_at_whatever_time() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let charge = top_up("same", minji.id, 500);
    assert!(world.store().move_money(&charge, world.now()).await.unwrap());
    world.clock.advance(Span::days(40));
    assert!(!world.store().move_money(&charge, world.now()).await.unwrap());
    assert_eq!(world.money(&minji).await, (500, 0));
}

#[tokio::test]
async fn a_reason_that_moved_other_money_is_a_fault() {
    let world = World::start().await;
    let (minji, other) = (world.signed_in("minji"), world.signed_in("other"));
    world.store().move_money(&top_up("same", minji.id, 500), world.now()).await.unwrap();
    for charge in [top_up("same", minji.id, 501), top_up("same", other.id, 500)] {
        let outcome = world.store().move_money(&charge, world.now()).await;
        let refused = matches!(outcome, Err(CommitError::Store(StoreError::Refused(_))));
        assert!(refused, "{outcome:?}");
    }
    assert_eq!(world.money(&minji).await, (500, 0));
}

#[tokio::test]
async fn the_limit_is_reached_exactly_and_never_passed() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    world.give(&minji, Won::MAX.get() - 1).await;
    let outcome = world.store().move_money(&top_up("a", minji.id, 2), world.now()).await;
    assert!(outcome.unwrap_err().is_condition_of(MoneyWrite::Balance(minji.id)));
    assert!(world.store().move_money(&top_up("a", minji.id, 1), world.now()).await.unwrap());
    let outcome = world.store().move_money(&top_up("b", minji.id, 1), world.now()).await;
    assert!(outcome.unwrap_err().is_condition_of(MoneyWrite::Balance(minji.id)));
    assert_eq!(world.money(&minji).await, (Won::MAX.get(), 0));
}

#[tokio::test]
async fn what_is_held_counts_toward_the_limit_and_can_always_be_given_back() {
    let world = World::start().await;
    let minji = world.rich(Won::MAX.get()).await;
    let (store, now) = (world.store(), world.now());
    let amount = Split::earned(Won::constant(500));
    let hold = Transaction::new().hold("order#1", minji.id, amount, now).unwrap();
    store.commit(hold).await.unwrap();
    let outcome = store.move_money(&top_up("a", minji.id, 500), now).await;
    let full = outcome.unwrap_err().is_condition_of(MoneyWrite::Balance(minji.id));
    assert!(full, "otherwise the hold could not be released");
    let release = Transaction::new().release("order#1", minji.id, amount, now).unwrap();
    store.commit(release).await.unwrap();
    assert_eq!(world.money(&minji).await, (Won::MAX.get(), 0));
}

#[tokio::test]
async fn nobody_spends_what_is_not_there() {
    let world = World::start().await;
    let (minji, nobody) = (world.rich(100).await, world.signed_in("nobody"));
    for (reason, user, amount) in [("a", minji.id, 101), ("b", nobody.id, 1)] {
        let postings = [(Account::Earned(user), -amount), (Account::Escrow(trade(1)), amount)];
        let pay = movement(reason, MovementKind::TradePayment, &postings);
        let outcome = world.store().commit(Transaction::new().movement(&pay, world.now())).await;
        assert!(outcome.unwrap_err().is_condition_of(MoneyWrite::Balance(user)));
    }
    let postings = [(Account::Escrow(trade(1)), -1), (Account::Earned(minji.id), 1)];
    let refund = movement("c", MovementKind::Refund, &postings);
    let outcome = world.store().commit(Transaction::new().movement(&refund, world.now())).await;
    assert!(outcome.unwrap_err().is_condition_of(MoneyWrite::Escrow));
    assert_eq!(world.money(&minji).await, (100, 0));
}

#[tokio::test]
async fn an_escrow_gives_what_it_has_and_takes_what_it_can_hold() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let (store, now) = (world.store(), world.now());
    let fill = |reason: &str, amount: i64| {
        let postings = [(Account::Provider, -amount), (Account::Escrow(trade(1)), amount)];
        movement(reason, MovementKind::TradePayment, &postings)
    };
    let refund = |reason: &str, amount: i64| {
        let postings = [(Account::Escrow(trade(1)), -amount), (Account::Earned(minji.id), amount)];
        movement(reason, MovementKind::Refund, &postings)
    };
    assert!(store.move_money(&fill("f1", 50), now).await.unwrap());
    assert!(store.move_money(&refund("r1", 51), now).await.is_err());
    assert!(store.move_money(&refund("r2", 50), now).await.unwrap());
    assert!(store.move_money(&refund("r3", 1), now).await.is_err());
    assert!(store.move_money(&fill("f2", 10), now).await.unwrap());
    assert!(store.move_money(&fill("f3", Won::MAX.get() - 11), now).await.unwrap());
    assert!(store.move_money(&fill("f4", 2), now).await.is_err());
    assert!(store.move_money(&fill("f5", 1), now).await.unwrap());
    assert_eq!(world.money(&minji).await, (50, 0));
}

#[tokio::test]
async fn a_debt_has_a_limit() {
    let world = World::start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| world.signed_in(name));
    let debt = |reason: &str, amount: i64, to: UserId| {
        let postings = [(Account::Penalty(seller.id), -amount), (Account::Earned(to), amount)];
        movement(reason, MovementKind::Penalty, &postings)
    };
    let most = Won::MAX.get();
    let rows =
        [("d1", most - 1, minji.id, true), ("d2", 2, juno.id, false), ("d3", 1, juno.id, true)];
    for (reason, amount, to, fits) in rows {
        let outcome = world.store().move_money(&debt(reason, amount, to), world.now()).await;
        assert_eq!(outcome.is_ok(), fits, "{reason}: {outcome:?}");
    }
    assert_eq!(world.balance(&seller).await.penalty, -most);
}

#[tokio::test]
async fn a_debt_is_repaid_as_far_as_there_is_one() {
    let world = World::start().await;
    let (seller, buyer) = (world.signed_in("seller"), world.signed_in("buyer"));
    let (store, now) = (world.store(), world.now());
    let debt = |reason: &str, amount: i64| {
        let postings =
            [(Account::Penalty(seller.id), -amount), (Account::Earned(buyer.id), amount)];
        movement(reason, MovementKind::Penalty, &postings)
    };
    let repay = |reason: &str, amount: i64| {
        let postings = [(Account::Provider, -amount), (Account::Penalty(seller.id), amount)];
        movement(reason, MovementKind::PenaltyRepaid, &postings)
    };
    assert!(store.move_money(&repay("early", 1), now).await.is_err(), "no debt yet");
    assert!(store.move_money(&debt("d1", 70), now).await.unwrap());
    assert!(store.move_money(&debt("d2", 30), now).await.unwrap());
    assert_eq!(world.balance(&seller).await.penalty, -100);
    assert!(store.move_money(&repay("much", 101), now).await.is_err());
    assert!(store.move_money(&repay("some", 60), now).await.unwrap());
    assert!(!store.move_money(&repay("some", 60), now).await.unwrap());
    assert!(store.move_money(&repay("rest", 40), now).await.unwrap());
    assert_eq!(world.balance(&seller).await.penalty, 0);
    assert!(store.move_money(&repay("late", 1), now).await.is_err());
    assert_eq!(world.money(&buyer).await, (100, 0));
}

#[tokio::test]
async fn a_fault_at_the_commit_moves_money_once_or_not_at_all() {
    for what in [
        FaultKind::Throttle,
        FaultKind::Conflict,
        FaultKind::TimeoutBefore,
        FaultKind::TimeoutAfter,
        FaultKind::Status500,
    ] {
        for strikes in [1, 30] {
            let world = World::start().await;
            let minji = world.signed_in("minji");
            let charge = top_up("same", minji.id, 500);
            for _ in 0..strikes {
                let fault = Fault::next("dynamodb:TransactWriteItems", what);
                world.cloud.faults().push(fault.on(Table::Wallet));
            }
            let first = world.store().move_money(&charge, world.now()).await;
            assert_eq!(strikes == 1, first.is_ok(), "{what:?} {strikes}: {first:?}");
            world.cloud.faults().clear();
            world.store().move_money(&charge, world.now()).await.unwrap();
            assert_eq!(world.money(&minji).await, (500, 0), "{what:?} {strikes}");
        }
    }
}
