use domain::{identity::Role, withdrawal::State};
use kernel::{Span, WithdrawalId};
use local::{Fault, FaultKind};
use store::Table;
use testkit::{Reply, User};
use uuid::Uuid;

use crate::{paying, tests::fixture::World};

const WORKER: &str = "wallet-on-withdrawal-requested";

async fn cancel(world: &World, user: &User, id: WithdrawalId, key: &str) -> Reply {
    let path = format!("/v1/wallet/withdrawals/{id}/cancel");
    world.post(&path).bearer(&user.token).key(key).send().await
}

#[tokio::test]
async fn what_is_still_requested_is_stopped_and_never_paid() {
    let world = World::start().await;
    world.cloud.pause(WORKER);
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    let before = world.balance(&minji).await;
    assert_eq!((before.free.earned.get(), before.held.get()), (600, 400));
    let stopped = cancel(&world, &minji, id, "k").await.expect(200).json();
    assert_eq!((&stopped["state"], &stopped["failure"]), (&"stopped".into(), &().into()));
    assert_eq!(stopped["finishedAt"], world.now().to_string());
    let free = world.balance(&minji).await;
    assert_eq!((free.free.earned.get(), free.held.get()), (1_000, 0), "earned, as it was");
    let path = format!("/v1/wallet/withdrawals/{id}");
    assert_eq!(world.read(&minji, &path).await, stopped);
    // The worker comes late, the sweep later, and both find nothing to do.
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
    world.advance(Span::hours(2)).await;
    assert_eq!((world.state(&minji, id).await, world.bank.paid().len()), (State::Stopped, 0));
    assert_eq!(world.money(&minji).await, (1_000, 0));
    let minji = User { token: world.token(minji.id, &[Role::User]), ..minji };
    let reply = cancel(&world, &minji, id, "l").await;
    let reply = reply.expect_problem(409, "withdrawal-not-requested");
    assert_eq!(reply.json()["state"], "stopped");
    // What is free again may leave again.
    let id = world.requested(&minji, 1_000).await;
    world.run_until_idle().await;
    assert_eq!(world.state(&minji, id).await, State::Done);
}

#[tokio::test]
async fn a_repetition_is_told_the_first_answer() {
    let world = World::start().await;
    world.cloud.pause(WORKER);
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    let path = format!("/v1/wallet/withdrawals/{id}/cancel");
    let bare = world.post(&path).bearer(&minji.token).send().await;
    bare.expect_problem(400, "idempotency-key-required");
    let first = cancel(&world, &minji, id, "k").await.expect(200);
    let second = cancel(&world, &minji, id, "k").await.expect(200);
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.json(), second.json());
    assert_eq!(world.money(&minji).await, (1_000, 0));
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
}

#[tokio::test]
async fn what_the_bank_was_asked_for_is_not_called_back() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    world.run_until_idle().await;
    let reply = cancel(&world, &minji, id, "k").await;
    let reply = reply.expect_problem(409, "withdrawal-not-requested");
    assert_eq!(reply.json()["state"], "done");
    assert_eq!(world.money(&minji).await, (600, 0));
    // Nor is another's, nor one that is not there.
    let sora = world.signed_in("sora");
    cancel(&world, &sora, id, "k").await.expect_problem(404, "withdrawal-not-found");
    let none = WithdrawalId::from_uuid(Uuid::nil());
    cancel(&world, &minji, none, "n").await.expect_problem(404, "withdrawal-not-found");
}

/// Whatever a call meets, the same request again is told what happened, and it happened once.
#[tokio::test]
async fn a_stop_whose_calls_fail_happens_once() {
    let calls = [
        ("GetItem", Table::Operation),
        ("GetItem", Table::Wallet),
        ("TransactWriteItems", Table::Wallet),
    ];
    let kinds = [
        FaultKind::Conflict,
        FaultKind::TimeoutBefore,
        FaultKind::TimeoutAfter,
        FaultKind::Status500,
    ];
    for (action, table) in calls {
        for kind in kinds {
            for strikes in [1, 40] {
                broken_off(action, table, kind, strikes).await;
            }
        }
    }
}

async fn broken_off(action: &str, table: Table, kind: FaultKind, strikes: u32) {
    let world = World::start().await;
    world.expect_failures();
    world.cloud.pause(WORKER);
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    for _ in 0..strikes {
        let fault = Fault::next(&format!("dynamodb:{action}"), kind);
        world.cloud.faults().push(fault.on(table));
    }
    let first = cancel(&world, &minji, id, "k").await;
    let case = format!("{action} {table:?} {kind:?} ×{strikes}: {}", first.text());
    assert!(first.status() == 200 || first.code() == "try-again", "{case}");
    world.cloud.faults().clear();
    let second = cancel(&world, &minji, id, "k").await.expect(200);
    assert_eq!(second.json()["state"], "stopped", "{case}");
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
    assert_eq!(world.money(&minji).await, (1_000, 0), "{case}");
    assert!(world.bank.paid().is_empty(), "{case}");
}

/// Of a stop and the worker's first step exactly one happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "a test waits for its tasks")]
async fn a_stop_races_the_worker_and_one_of_them_wins() {
    let world = World::start().await;
    world.cloud.pause(WORKER);
    let minji = world.ready(20_000, "7890").await;
    let mut paid = 0;
    for n in 0..20 {
        let id = world.requested(&minji, 1_000).await;
        let path = format!("/v1/wallet/withdrawals/{id}/cancel");
        let stop = world.post(&path).bearer(&minji.token).key(&format!("k{n}"));
        let app = world.app.clone();
        let now = world.now();
        let stop = tokio::spawn(async move { stop.send().await });
        // A stop has a way to go before it comes to the row: the worker waits by turns.
        for _ in 0..n * 20 {
            tokio::task::yield_now().await;
        }
        let work = tokio::spawn(async move { paying::pay(&app, minji.id, id, now).await });
        let stopped = stop.await.unwrap();
        work.await.unwrap().unwrap();
        let state = world.state(&minji, id).await;
        match stopped.status() {
            200 => assert_eq!(state, State::Stopped, "{n}"),
            _ => {
                stopped.expect_problem(409, "withdrawal-not-requested");
                assert_eq!(state, State::Done, "{n}");
                paid += 1_000;
            }
        }
        assert_eq!(world.money(&minji).await, (20_000 - paid, 0), "{n}");
        let sum: i64 = world.bank.paid().values().map(|amount| amount.get()).sum();
        assert_eq!(sum, paid, "{n}");
    }
    // What the queue told meanwhile changes nothing.
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
    assert_eq!(world.money(&minji).await, (20_000 - paid, 0));
    println!("of 20 races the worker won {}", paid / 1_000);
}
