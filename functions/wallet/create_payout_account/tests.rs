use futures::future::join_all;
use gateway::payout::{BankCall, BankFault};
use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::{World, account};

const PATH: &str = "/v1/me/payout-account";

#[tokio::test]
async fn is_registered_once_and_its_number_is_stored_nowhere() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let reply = world.register(&minji, "110-234-567890").await.expect(201);
    assert_eq!(reply.header("location"), Some(PATH));
    let due = json!({
        "bankCode": "088",
        "bankName": "신한은행",
        "accountNumber": "********7890",
        "holder": "김민지",
        "changedAt": "2026-11-21T00:00:00.000Z",
    });
    assert_eq!(reply.json(), due);
    let again = world.register(&minji, "110-234-567890").await;
    again.expect_problem(409, "payout-account-exists");
    let rows = format!("{:?}", world.rows().await.table(Table::Wallet));
    assert!(!rows.contains("110234567890"), "{rows}");
    for line in world.log_lines() {
        assert!(!line.to_string().contains("110234567890"), "{line}");
    }
}

#[tokio::test]
async fn of_many_at_once_one_is_registered() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let numbers: Vec<String> = (0..16).map(|n| format!("11023456{n:04}")).collect();
    let replies = join_all(numbers.iter().map(|number| world.register(&minji, number))).await;
    let created = replies.iter().filter(|reply| reply.status() == 201).count();
    let refused = replies.iter().filter(|reply| reply.code() == "payout-account-exists").count();
    assert_eq!((created, refused), (1, 15));
}

#[tokio::test]
async fn the_same_key_gets_the_same_answer() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let send = async |number: &str| {
        let request = world.post(PATH).bearer(&minji.token).key("k").json(account(number));
        request.send().await
    };
    let first = send("110234567890").await.expect(201);
    let second = send("110234567890").await.expect(201);
    assert_eq!(first.json(), second.json());
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    send("110234567891").await.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn the_bank_must_know_the_holder() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let foreign = world.register(&minji, "110234569999").await;
    foreign.expect_problem(409, "payout-account-unverified");
    world.bank.fail_next(BankCall::VerifyHolder, BankFault::Before);
    world.expect_failures();
    world.register(&minji, "110234567890").await.expect_problem(503, "try-again");
    world.register(&minji, "110234567890").await.expect(201);
}

#[tokio::test]
async fn refuses_what_is_no_account() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let with = |field: &str, value: Value| {
        let mut body = account("110234567890");
        body[field] = value;
        body
    };
    let cases = [
        with("bankCode", json!("999")),
        with("bankCode", json!(88)),
        with("bankCode", json!("")),
        with("accountNumber", json!("123456789")),
        with("accountNumber", json!("12345678901234567")),
        with("accountNumber", json!("11023456789a")),
        with("accountNumber", json!(110_234_567_890_i64)),
        with("accountNumber", json!(null)),
        with("holder", json!("")),
        with("holder", json!("가".repeat(31))),
        with("userId", json!("01938f3c-7e2a-7000-8000-000000000001")),
        json!({}),
        json!([]),
    ];
    for body in cases {
        let reply = world.post(PATH).bearer(&minji.token).json(body.clone()).send().await;
        assert_eq!((reply.status(), &*reply.code()), (400, "invalid-request"), "{body}");
    }
    world.post(PATH).send().await.expect_problem(401, "unauthenticated");
    assert_eq!(world.bank.calls(), []);
}
