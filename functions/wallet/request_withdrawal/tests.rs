use domain::{
    identity::Role,
    ledger::{Account, LOCKED_FOR, MovementKind, Split},
    withdrawal::State,
};
use futures::future::join_all;
use kernel::{Span, Won};
use local::{Fault, FaultKind};
use serde_json::{Value, json};
use store::Table;
use testkit::User;

use crate::tests::fixture::{World, movement, trade};

const PATH: &str = "/v1/wallet/withdrawals";

#[tokio::test]
async fn holds_the_money_at_once_and_the_bank_sends_it() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7890").await;
    let reply = world.withdraw(&minji, "k", json!(400)).await.expect(201);
    let body = reply.json();
    let id = body["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), Some(&*format!("{PATH}/{id}")));
    let due = json!({
        "id": id,
        "amount": 400,
        "state": "requested",
        "bankCode": "088",
        "bankName": "신한은행",
        "accountNumber": "********7890",
        "requestedAt": "2026-11-21T00:00:00.000Z",
        "finishedAt": null,
        "failure": null,
    });
    assert_eq!(body, due);
    assert_eq!(world.money(&minji).await, (600, 400));
    world.run_until_idle().await;
    assert_eq!(world.money(&minji).await, (600, 0));
    assert_eq!(world.state(&minji, id.parse().unwrap()).await, State::Done);
    assert_eq!(world.bank.paid().into_values().collect::<Vec<_>>(), [Won::constant(400)]);
}

#[tokio::test]
async fn needs_an_account_and_the_money() {
    let world = World::start().await;
    let minji = world.rich(1_000).await;
    let reply = world.withdraw(&minji, "a", json!(400)).await;
    reply.expect_problem(409, "payout-account-required");
    world.register(&minji, "110234567890").await.expect(201);
    let reply = world.withdraw(&minji, "b", json!(1_001)).await;
    assert_eq!(reply.expect_problem(409, "insufficient-balance").json()["available"], 1_000);
    let poor = world.signed_in("poor");
    world.register(&poor, "110234567890").await.expect(201);
    let reply = world.withdraw(&poor, "b", json!(1)).await;
    assert_eq!(reply.expect_problem(409, "insufficient-balance").json()["available"], 0);
    world.withdraw(&minji, "c", json!(1_000)).await.expect(201);
    assert_eq!(world.money(&minji).await, (0, 1_000));
    let reply = world.withdraw(&minji, "d", json!(1)).await;
    assert_eq!(reply.expect_problem(409, "insufficient-balance").json()["available"], 0);
}

#[tokio::test]
async fn refuses_bad_amounts_and_moves_nothing() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7890").await;
    let amounts: [Value; 13] = [
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1.0),
        json!("aaa"),
        json!("1"),
        json!(null),
        json!(true),
        json!([1]),
        json!(1_000_000_000_001_i64),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e30),
    ];
    for amount in amounts {
        let reply = world.withdraw(&minji, "k", amount.clone()).await;
        assert_eq!((reply.status(), &*reply.code()), (400, "invalid-request"), "{amount}");
    }
    let send = async |body: &str| {
        let request = world.post(PATH).bearer(&minji.token).key("k");
        request.header("content-type", "application/json").body(body.to_owned()).send().await
    };
    for body in ["{}", "[]", r#"{"amount":1,"userId":"x"}"#, r#"{"amount":1e3}"#] {
        let reply = send(body).await;
        assert_eq!((reply.status(), &*reply.code()), (400, "invalid-request"), "{body}");
    }
    for body in ["", "{", r#"{"amount":NaN}"#] {
        send(body).await.expect_problem(400, "malformed-json");
    }
    let keyless = world.post(PATH).bearer(&minji.token).json(json!({ "amount": 1 })).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    world.post(PATH).key("k").send().await.expect_problem(401, "unauthenticated");
    assert_eq!(world.money(&minji).await, (1_000, 0));
}

#[tokio::test]
async fn sixty_four_times_the_same_request_is_one_withdrawal() {
    let world = World::start().await;
    let minji = world.ready(10_000, "7890").await;
    let replies = join_all((0..64).map(|_| world.withdraw(&minji, "k", json!(100)))).await;
    let ids: std::collections::BTreeSet<String> = replies
        .iter()
        .map(|reply| reply.clone().expect(201).json()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.money(&minji).await, (9_900, 100));
    let other = world.withdraw(&minji, "k", json!(101)).await;
    other.expect_problem(422, "idempotency-key-reused");
    world.run_until_idle().await;
    assert_eq!(world.bank.paid().len(), 1);
}

#[tokio::test]
async fn many_at_once_never_take_more_than_there_is() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7890").await;
    let keys: Vec<String> = (0..30).map(|n| format!("k{n}")).collect();
    let replies = join_all(keys.iter().map(|key| world.withdraw(&minji, key, json!(150)))).await;
    let count = |code: &str| replies.iter().filter(|reply| reply.code() == code).count();
    let created = replies.iter().filter(|reply| reply.status() == 201).count();
    let busy = count("try-again");
    assert_eq!(created + count("insufficient-balance") + busy, 30);
    assert!(created <= 6 && (created == 6 || busy > 0), "{created} created, {busy} busy");
    if busy > 0 {
        world.expect_failures();
    }
    world.run_until_idle().await;
    let taken = i64::try_from(created).unwrap() * 150;
    assert_eq!(world.money(&minji).await, (1_000 - taken, 0));
    assert_eq!(world.bank.paid().len(), created);
}

/// Fails every call on the way once, and for as long as any client tries; then the client repeats.
#[tokio::test]
async fn a_request_that_broke_off_anywhere_is_one_withdrawal_when_repeated() {
    let calls = [
        ("GetItem", Table::Operation),
        ("GetItem", Table::Wallet),
        ("TransactWriteItems", Table::Wallet),
    ];
    let kinds = [
        FaultKind::Throttle,
        FaultKind::Conflict,
        FaultKind::TimeoutBefore,
        FaultKind::TimeoutAfter,
        FaultKind::Status500,
    ];
    for (action, table) in calls {
        for what in kinds {
            for strikes in [1, 40] {
                broken_off(action, table, what, strikes).await;
            }
        }
    }
}

async fn broken_off(action: &str, table: Table, what: FaultKind, strikes: u32) {
    let world = World::start().await;
    world.expect_failures();
    let minji = world.ready(1_000, "7890").await;
    for _ in 0..strikes {
        let fault = Fault::next(&format!("dynamodb:{action}"), what);
        world.cloud.faults().push(fault.on(table));
    }
    let first = world.withdraw(&minji, "k", json!(400)).await;
    let case = format!("{action} {table:?} {what:?} ×{strikes}: {}", first.text());
    assert!(first.status() == 201 || first.code() == "try-again", "{case}");
    world.cloud.faults().clear();
    let second = world.withdraw(&minji, "k", json!(400)).await.expect(201);
    if first.status() == 201 {
        assert_eq!(first.json(), second.json(), "{case}");
    }
    assert_eq!(world.money(&minji).await, (600, 400), "{case}");
    world.run_until_idle().await;
    assert_eq!(world.money(&minji).await, (600, 0), "{case}");
    assert_eq!(world.bank.paid().len(), 1, "{case}");
}

/// The units that the note about costs tells, and the round trips behind them.
#[tokio::test]
async fn a_withdrawal_stays_within_its_budget() {
    let world = World::start().await;
    world.cloud.pause("wallet-on-withdrawal-requested");
    let minji = world.ready(1_000, "7890").await;
    world.run_until_idle().await;
    let before = world.cloud.usage();
    world.withdraw(&minji, "k", json!(400)).await.expect(201);
    let asked = world.cloud.usage().since(&before);
    // The first answer, the account; what may not leave yet.
    assert_eq!(asked.calls("dynamodb:GetItem"), 2);
    assert_eq!(asked.calls("dynamodb:TransactWriteItems"), 1);
    assert_eq!(asked.round_trips(), 4, "{asked:?}");
    println!("request: {:?} read, {:?} written", asked.reads(), asked.writes());
    world.run_until_idle().await;
    let before = world.cloud.usage();
    world.cloud.resume("wallet-on-withdrawal-requested");
    world.run_until_idle().await;
    let paid = world.cloud.usage().since(&before);
    println!("payout: {:?} read, {:?} written", paid.reads(), paid.writes());
    let before = world.cloud.usage();
    world.give(&minji, 1).await;
    let moved = world.cloud.usage().since(&before);
    assert_eq!(moved.round_trips(), 1, "a movement is one transaction");
    println!("movement: {:?} written", moved.writes());
}

#[tokio::test]
async fn who_owes_for_a_penalty_takes_nothing_out() {
    let world = World::start().await;
    let (minji, injured) = (world.ready(1_000, "7890").await, world.signed_in("injured"));
    world.owe(minji.id, injured.id, 300).await;
    for amount in [1, 700, 1_001] {
        let refused = world.withdraw(&minji, &amount.to_string(), json!(amount)).await;
        refused.expect_problem(409, "penalty-due");
    }
    assert_eq!(world.money(&minji).await, (1_000, 0));
}

/// Asked for before the debt: it is not sent, and what it held is there to be collected.
#[tokio::test]
async fn what_was_asked_for_before_a_debt_ends() {
    let world = World::start().await;
    world.cloud.pause("wallet-on-withdrawal-requested");
    let (minji, injured) = (world.ready(1_000, "7890").await, world.signed_in("injured"));
    let id = world.requested(&minji, 400).await;
    world.owe(minji.id, injured.id, 300).await;
    world.cloud.resume("wallet-on-withdrawal-requested");
    world.advance(Span::minutes(20)).await;
    assert_eq!(world.state(&minji, id).await, State::Stopped);
    assert!(world.bank.paid().is_empty());
    assert_eq!(world.money(&minji).await, (1_000, 0));
}

/// F1: what was topped up on one account left from another a second later.
#[tokio::test]
async fn only_earned_money_leaves() {
    let world = World::start().await;
    let minji = world.ready(300, "7890").await;
    let topped_up = [(Account::Provider, -1_000), (Account::SpendOnly(minji.id), 1_000)];
    let topped_up = movement("top-up#card", MovementKind::TopUp, &topped_up);
    world.store().move_money(&topped_up, world.now()).await.unwrap();
    let reply = world.withdraw(&minji, "a", json!(301)).await;
    assert_eq!(reply.expect_problem(409, "insufficient-balance").json()["available"], 300);
    world.withdraw(&minji, "b", json!(300)).await.expect(201);
    world.run_until_idle().await;
    assert_eq!(world.money(&minji).await, (1_000, 0));
}

#[tokio::test]
async fn what_others_topped_up_leaves_a_week_after_it_came() {
    let world = World::start().await;
    let minji = world.ready(100, "7890").await;
    let sale = [(Account::Provider, -500), (Account::Earned(minji.id), 500)];
    let sale = movement("settlement#1", MovementKind::Settlement, &sale);
    let sale = sale.locking(minji.id, Split::earned(Won::constant(400)));
    world.store().move_money(&sale, world.now()).await.unwrap();
    let wallet = world.read(&minji, "/v1/wallet").await;
    assert_eq!((&wallet["earned"], &wallet["withdrawable"]), (&json!(600), &json!(200)));
    let reply = world.withdraw(&minji, "a", json!(201)).await;
    assert_eq!(reply.expect_problem(409, "insufficient-balance").json()["available"], 200);
    world.withdraw(&minji, "b", json!(150)).await.expect(201);
    // What is spent counts as what was free to leave.
    let spent = [(Account::Earned(minji.id), -50), (Account::Escrow(trade(1)), 50)];
    let spent = movement("trade-payment#1", MovementKind::TradePayment, &spent);
    world.store().move_money(&spent, world.now()).await.unwrap();
    world.withdraw(&minji, "c", json!(1)).await.expect_problem(409, "insufficient-balance");
    world.advance(Span::millis(LOCKED_FOR.as_millis() - 1)).await;
    let minji = User { token: world.token(minji.id, &[Role::User]), ..minji };
    world.withdraw(&minji, "d", json!(1)).await.expect_problem(409, "insufficient-balance");
    world.advance(Span::millis(1)).await;
    world.withdraw(&minji, "e", json!(400)).await.expect(201);
}
