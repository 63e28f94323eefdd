//! Holds: one per subject, ended once, by whoever and for what they were made.

use domain::ledger::{Account, HoldState, Movement, MovementKind, Split};
use futures::future::join_all;
use kernel::{UserId, Won};
use store::{CommitError, Transaction, ledger::MoneyWrite};

use crate::tests::fixture::{World, movement, trade};

const SUBJECT: &str = "order#1";

fn payment(reason: &str, user: UserId, amount: i64) -> Movement {
    let postings = [(Account::Held(user), -amount), (Account::Escrow(trade(1)), amount)];
    movement(reason, MovementKind::TradePayment, &postings)
}

async fn hold(world: &World, user: UserId, amount: i64) -> Result<(), CommitError> {
    let amount = Split::earned(Won::constant(amount));
    let transaction = Transaction::new().hold(SUBJECT, user, amount, world.now()).unwrap();
    world.store().commit(transaction).await
}

async fn release(world: &World, user: UserId, amount: i64) -> Result<(), CommitError> {
    let amount = Split::earned(Won::constant(amount));
    let transaction = Transaction::new().release(SUBJECT, user, amount, world.now()).unwrap();
    world.store().commit(transaction).await
}

async fn capture(world: &World, movement: &Movement) -> Result<(), CommitError> {
    let transaction = Transaction::new().capture(SUBJECT, movement, world.now());
    world.store().commit(transaction).await
}

#[tokio::test]
async fn a_subject_has_one_hold_with_one_end() {
    let world = World::start().await;
    let minji = world.rich(1_000).await;
    hold(&world, minji.id, 300).await.unwrap();
    assert!(hold(&world, minji.id, 300).await.is_err());
    assert_eq!(world.money(&minji).await, (700, 300));
    release(&world, minji.id, 300).await.unwrap();
    assert!(release(&world, minji.id, 300).await.is_err());
    assert!(capture(&world, &payment("pay", minji.id, 300)).await.is_err());
    assert!(hold(&world, minji.id, 300).await.is_err(), "not even after its end");
    assert_eq!(world.money(&minji).await, (1_000, 0));
    let row = world.store().hold(SUBJECT).await.unwrap().unwrap();
    assert_eq!(row.state, HoldState::Released);
    assert_eq!(row.ended_by.as_deref(), Some("release#order#1"));
}

#[tokio::test]
async fn only_the_whole_amount_of_the_right_user_ends_a_hold() {
    let world = World::start().await;
    let (minji, other) = (world.rich(1_000).await, world.rich(1_000).await);
    hold(&world, minji.id, 300).await.unwrap();
    let amount = Split::earned(Won::constant(300));
    let second = Transaction::new().hold("order#2", other.id, amount, world.now()).unwrap();
    world.store().commit(second).await.unwrap();
    assert!(release(&world, minji.id, 299).await.is_err(), "less");
    assert!(release(&world, other.id, 300).await.is_err(), "another's held money");
    assert!(capture(&world, &payment("pay", minji.id, 299)).await.is_err());
    assert!(capture(&world, &payment("pay", other.id, 300)).await.is_err());
    let none = [(Account::Earned(minji.id), -300), (Account::Escrow(trade(1)), 300)];
    let none = movement("pay", MovementKind::TradePayment, &none);
    assert!(capture(&world, &none).await.is_err(), "it takes nothing out of a hold");
    let both = [
        (Account::Held(minji.id), -300),
        (Account::Held(other.id), -300),
        (Account::Escrow(trade(1)), 600),
    ];
    let both = movement("pay", MovementKind::TradePayment, &both);
    assert!(capture(&world, &both).await.is_err(), "it takes out of two");
    assert_eq!((world.money(&minji).await, world.money(&other).await), ((700, 300), (700, 300)));
    capture(&world, &payment("pay", minji.id, 300)).await.unwrap();
    assert_eq!(world.money(&minji).await, (700, 0));
    assert_eq!(world.store().escrow(trade(1)).await.unwrap(), Won::constant(300));
}

#[tokio::test]
async fn the_label_names_what_stood_in_the_way() {
    let world = World::start().await;
    let minji = world.rich(100).await;
    let now = world.now();
    let check = async |transaction: Transaction, due: MoneyWrite| {
        let failed = world.store().commit(transaction).await.unwrap_err();
        assert!(failed.is_condition_of(due), "{failed}");
    };
    let amount = Split::earned(Won::constant(101));
    let attempt = Transaction::new().hold(SUBJECT, minji.id, amount, now).unwrap();
    check(attempt, MoneyWrite::Balance(minji.id)).await;
    hold(&world, minji.id, 100).await.unwrap();
    let amount = Split::earned(Won::constant(100));
    let again = Transaction::new().hold(SUBJECT, minji.id, amount, now).unwrap();
    check(again, MoneyWrite::Entry).await;
    capture(&world, &payment("pay", minji.id, 100)).await.unwrap();
    world.give(&minji, 100).await;
    let amount = Split::earned(Won::constant(100));
    let other = Transaction::new().hold("order#2", minji.id, amount, now).unwrap();
    world.store().commit(other).await.unwrap();
    let ended = Transaction::new().capture(SUBJECT, &payment("pay2", minji.id, 100), now);
    check(ended, MoneyWrite::Hold).await;
}

#[tokio::test]
async fn of_captures_and_releases_at_once_one_wins() {
    for round in 0..8 {
        let world = World::start().await;
        let minji = world.rich(1_000).await;
        hold(&world, minji.id, 300).await.unwrap();
        let captures = (0..4).map(async |n| {
            capture(&world, &payment(&format!("pay{n}"), minji.id, 300)).await.is_ok()
        });
        let releases = (0..4).map(async |_| release(&world, minji.id, 300).await.is_ok());
        let (captured, released) = if round % 2 == 0 {
            tokio::join!(join_all(captures), join_all(releases))
        } else {
            let (released, captured) = tokio::join!(join_all(releases), join_all(captures));
            (captured, released)
        };
        let ends = captured.iter().chain(&released).filter(|ended| **ended).count();
        assert_eq!(ends, 1);
        let available = if released.contains(&true) { 1_000 } else { 700 };
        assert_eq!(world.money(&minji).await, (available, 0));
    }
}
