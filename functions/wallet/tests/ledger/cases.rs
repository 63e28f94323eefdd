//! Movements: once, in bounds, whoever comes at the same time.

use domain::ledger::{Account, Debt, MovementKind, Split};
use futures::future::join_all;
use kernel::{Span, Won};
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
async fn a_debt_is_collected_as_far_as_there_is_one_and_once() {
    let world = World::start().await;
    let seller = world.rich(60).await;
    let buyer = world.signed_in("buyer");
    let store = world.store();
    let now = world.now();
    let trade = world.owe(seller.id, buyer.id, 100).await;
    let debt = |left| Debt {
        trade,
        debtor: seller.id,
        creditor: Some(buyer.id),
        left: Won::constant(left),
        born_at: now,
    };
    let collect = async |left: i64, free: i64| {
        let debt = debt(left);
        let taken = debt.collect(Split::earned(Won::constant(free))).unwrap().unwrap();
        store.commit(Transaction::new().collection(&debt, &taken, now)).await
    };
    assert!(collect(100, 61).await.is_err(), "more than there is");
    assert!(collect(99, 60).await.is_err(), "not what is owed");
    let twice = join_all((0..8).map(|_| collect(100, 60))).await;
    assert_eq!(twice.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!((world.balance(&seller).await.penalty, world.money(&seller).await), (-40, (0, 0)));
    assert_eq!(world.money(&buyer).await, (60, 0));
    world.give(&seller, 50).await;
    collect(40, 50).await.unwrap();
    assert_eq!((world.balance(&seller).await.penalty, world.money(&seller).await), (0, (10, 0)));
    assert!(collect(40, 10).await.is_err(), "nothing is owed any more");
    assert_eq!(world.money(&buyer).await, (100, 0));
    for shard in store::keys::debt_shards() {
        assert!(store.debts(&shard, None).await.unwrap().items.is_empty(), "nothing to come for");
    }
}

/// No hold and no payment while something is owed, whatever is there.
#[tokio::test]
async fn who_owes_sets_nothing_aside_and_pays_nothing() {
    let world = World::start().await;
    let seller = world.rich(1_000).await;
    let buyer = world.signed_in("buyer");
    let store = world.store();
    let now = world.now();
    let hold = |subject: &str| {
        let money = Split::earned(Won::constant(100));
        Transaction::new().hold(subject, seller.id, money, now).unwrap()
    };
    store.commit(hold("before")).await.unwrap();
    world.owe(seller.id, buyer.id, 1).await;
    let refused = store.commit(hold("after")).await.unwrap_err();
    assert!(refused.is_condition_of(MoneyWrite::Balance(seller.id)), "{refused}");
    let pay = [(Account::Earned(seller.id), -100), (Account::Escrow(trade(1)), 100)];
    let pay = movement("pay", MovementKind::TradePayment, &pay);
    assert!(store.move_money(&pay, now).await.is_err());
    // What was set aside before is the order's, and comes back.
    let held = Split::earned(Won::constant(100));
    let back = Transaction::new().release("before", seller.id, held, now).unwrap();
    store.commit(back).await.unwrap();
    assert_eq!(world.money(&seller).await, (1_000, 0));
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
