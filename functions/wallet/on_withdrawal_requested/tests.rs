use domain::withdrawal::{LEASE, State};
use events::{Envelope, Event, WithdrawalRequested};
use gateway::payout::{BankCall, BankFault};
use kernel::{Span, Won};
use local::{Fault, FaultKind};
use store::Table;

use super::*;
use crate::tests::fixture::World;

#[test]
fn the_lease_outlives_the_process() {
    assert!(i64::from(FUNCTION.timeout_s) < LEASE.as_seconds_ceil());
}

#[tokio::test]
async fn is_paid_once_however_often_it_is_called() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| {
        knobs.message_copies = 3;
        knobs.shuffle = Some(7);
    });
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    for _ in 0..3 {
        world.call(&minji, id).await;
    }
    world.run_until_idle().await;
    world.advance(Span::hours(1)).await;
    world.call(&minji, id).await;
    world.run_until_idle().await;
    assert_eq!(world.bank.calls(), [BankCall::VerifyHolder, BankCall::Transfer]);
    assert_eq!(world.state(&minji, id).await, State::Done);
    assert_eq!(world.money(&minji).await, (600, 0));
}

#[tokio::test]
async fn what_the_bank_refuses_is_given_back_once() {
    let world = World::start().await;
    world.cloud.adjust(|knobs| knobs.message_copies = 3);
    let minji = world.ready(1_000, "8888").await;
    let id = world.requested(&minji, 400).await;
    world.run_until_idle().await;
    world.call(&minji, id).await;
    world.advance(Span::hours(1)).await;
    assert_eq!(world.state(&minji, id).await, State::Failed);
    assert_eq!(world.money(&minji).await, (1_000, 0));
    assert!(world.bank.paid().is_empty());
}

#[tokio::test]
async fn what_the_bank_has_not_done_yet_is_asked_for_later() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7777").await;
    let id = world.requested(&minji, 400).await;
    world.run_until_idle().await;
    assert_eq!(world.state(&minji, id).await, State::Sending);
    assert_eq!(world.money(&minji).await, (600, 400));
    world.advance(Span::minutes(10)).await;
    assert_eq!(world.state(&minji, id).await, State::Done);
    assert_eq!(world.bank.calls(), [BankCall::VerifyHolder, BankCall::Transfer, BankCall::Find]);
}

#[tokio::test]
async fn an_unknown_outcome_is_asked_for_and_never_guessed() {
    for fault in [BankFault::Before, BankFault::After] {
        let world = World::start().await;
        let minji = world.ready(1_000, "7890").await;
        world.bank.fail_next(BankCall::Transfer, fault);
        // The bank stays out of reach for a while.
        for _ in 0..2 {
            world.bank.fail_next(BankCall::Find, fault);
        }
        let id = world.requested(&minji, 400).await;
        world.run_until_idle().await;
        for _ in 0..2 {
            assert_eq!(world.state(&minji, id).await, State::Sending, "{fault:?}");
            assert_eq!(world.money(&minji).await, (600, 400));
            world.advance(Span::minutes(5)).await;
        }
        world.advance(Span::minutes(15)).await;
        assert_eq!(world.state(&minji, id).await, State::Done, "{fault:?}");
        assert_eq!(world.money(&minji).await, (600, 0));
        assert_eq!(world.bank.paid().into_values().collect::<Vec<_>>(), [Won::constant(400)]);
        let ordered = world.bank.calls().into_iter().filter(|call| *call == BankCall::Transfer);
        assert_eq!(ordered.count(), if fault == BankFault::Before { 2 } else { 1 });
    }
}

/// A refusal is as final as a payment, wherever it breaks off.
#[tokio::test]
async fn a_fault_at_any_call_ends_as_without_it() {
    for (ending, due) in [("7890", State::Done), ("8888", State::Failed)] {
        for what in [
            FaultKind::Throttle,
            FaultKind::Conflict,
            FaultKind::TimeoutBefore,
            FaultKind::TimeoutAfter,
            FaultKind::Status500,
        ] {
            // Read, claim, finish: each fails once, and for as long as any client tries.
            for action in ["GetItem", "UpdateItem", "TransactWriteItems"] {
                for strikes in [1, 30] {
                    interrupted(ending, due, action, what, strikes).await;
                }
            }
        }
    }
}

async fn interrupted(ending: &str, due: State, action: &str, what: FaultKind, strikes: u32) {
    let world = World::start().await;
    world.expect_failures();
    world.cloud.pause("wallet-on-withdrawal-requested");
    let minji = world.ready(1_000, ending).await;
    let id = world.requested(&minji, 400).await;
    world.run_until_idle().await;
    for _ in 0..strikes {
        let fault = Fault::next(&format!("dynamodb:{action}"), what);
        world.cloud.faults().push(fault.on(Table::Wallet));
    }
    world.cloud.resume("wallet-on-withdrawal-requested");
    world.run_until_idle().await;
    world.cloud.faults().clear();
    world.advance(Span::minutes(30)).await;
    let case = format!("{action} {what:?} ×{strikes}");
    assert_eq!(world.state(&minji, id).await, due, "{case}");
    let (paid, available) = if due == State::Done { (1, 600) } else { (0, 1_000) };
    assert_eq!(world.money(&minji).await, (available, 0), "{case}");
    assert_eq!(world.bank.paid().len(), paid, "{case}");
    assert!(world.bank.calls().iter().filter(|call| **call == BankCall::Transfer).count() <= 1);
}

#[tokio::test]
async fn two_containers_at_once_pay_once() {
    let world = World::start().await;
    world.cloud.pause("wallet-on-withdrawal-requested");
    let minji = world.ready(10_000, "7890").await;
    let (other, _) = world.another_container();
    for _ in 0..10 {
        let id = world.requested(&minji, 100).await;
        let now = world.now();
        let works = [&world.app, &other, &world.app, &other].map(|app| pay(app, minji.id, id, now));
        for outcome in futures::future::join_all(works).await {
            outcome.unwrap();
        }
        assert_eq!(world.state(&minji, id).await, State::Done);
    }
    assert_eq!((world.bank.paid().len(), world.bank.calls().len()), (10, 11));
    world.cloud.resume("wallet-on-withdrawal-requested");
}

#[tokio::test]
async fn a_poisoned_call_goes_to_the_dead_letter_queue_alone() {
    let world = World::start().await;
    world.expect_failures();
    world.expect_dead(&super::FUNCTION.id());
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    let requested = WithdrawalRequested { withdrawal_id: id, user_id: minji.id };
    let mut poison = Envelope::new(world.app.entropy.uuid(world.now()), world.now(), &requested);
    poison.data = serde_json::json!({ "withdrawalId": 7 });
    assert_eq!(poison.kind, WithdrawalRequested::KIND);
    world.publish(&poison).await;
    world.run_until_idle().await;
    assert_eq!(world.state(&minji, id).await, State::Done);
    world.advance(Span::hours(1)).await;
    assert_eq!(world.cloud.queue_bodies(&format!("{}-dlq", super::FUNCTION.id())).len(), 1);
}

#[tokio::test]
async fn a_withdrawal_that_is_not_there_is_nobodys_work() {
    let world = World::start().await;
    let (minji, other) = (world.ready(1_000, "7890").await, world.signed_in("other"));
    world.cloud.pause("wallet-on-withdrawal-requested");
    let id = world.requested(&minji, 400).await;
    world.call(&other, id).await;
    world.cloud.resume("wallet-on-withdrawal-requested");
    world.run_until_idle().await;
    assert_eq!(world.bank.paid().len(), 1);
}

/// Two who asked the bank may both learn the truth.
#[tokio::test]
async fn the_second_who_learns_of_the_end_was_told_of_a_failure() {
    for (number, end) in [("7890", State::Done), ("8888", State::Failed)] {
        let world = World::start().await;
        let minji = world.ready(1_000, number).await;
        let id = world.requested(&minji, 400).await;
        let now = world.now();
        let seen = world.store().withdrawal(minji.id, id).await.unwrap().unwrap().withdrawal;
        let (seen, _) = seen.claim(now).unwrap();
        world.run_until_idle().await;
        assert_eq!(world.state(&minji, id).await, end);
        let before = world.money(&minji).await;
        let finishes =
            [(seen.complete(now), State::Done), (seen.fail("거절".to_owned(), now), State::Failed)];
        for (finished, state) in finishes {
            let answer = world.store().withdrawal_finish(&seen, &finished, now).await;
            assert_eq!(answer.is_ok(), state == end, "{state:?} after {end:?}: {answer:?}");
        }
        assert_eq!(world.money(&minji).await, before);
    }
}
