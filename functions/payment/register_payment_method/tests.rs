use domain::payment::method::METHODS_MAX;
use futures::future::join_all;
use gateway::fake::FaultKind;
use local::{Fault, FaultKind as CloudFault};
use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::Market;

const PATH: &str = "/v1/me/payment-methods";

fn body(auth_key: &str) -> Value {
    json!({ "authKey": auth_key, "password": "271828" })
}

#[tokio::test]
async fn a_card_is_registered_and_what_charges_it_is_stored_nowhere() {
    let market = Market::start().await;
    let reply = market.ask(PATH, "k", body("card-ok-1")).send().await.expect(201);
    let id = reply.json()["id"].clone();
    let due = json!({
        "id": id,
        "issuer": "현대",
        "number": "43301234****123*",
        "lockedUntil": null,
        "createdAt": "2026-11-21T00:00:00.000Z",
    });
    assert_eq!(reply.json(), due);
    let path = format!("{PATH}/{}", id.as_str().unwrap());
    assert_eq!(reply.header("location"), Some(path.as_str()));
    let rows = format!("{:?}", market.rows().await.table(Table::Payment));
    let logs = serde_json::to_string(&market.log_lines()).unwrap();
    for secret in ["bill/", "card-ok", "271828"] {
        assert!(!rows.contains(secret) && !logs.contains(secret), "{secret}");
    }
    assert!(!logs.contains("43301234"), "not even masked");
}

#[tokio::test]
async fn the_same_request_again_registers_nothing_more() {
    let market = Market::start().await;
    let first = market.ask(PATH, "k", body("card-ok-1")).send().await.expect(201);
    let again = market.ask(PATH, "k", body("card-ok-1")).send().await.expect(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = market.ask(PATH, "k", body("card-ok-2")).send().await;
    other.expect_problem(422, "idempotency-key-reused");
    let spent = market.ask(PATH, "k2", body("card-ok-1")).send().await;
    spent.expect_problem(409, "card-authorization-used");
    assert_eq!((market.providers().cards(), market.providers().calls("toss:issue")), (1, 1));
}

#[tokio::test]
async fn requests_at_once_register_one_card() {
    let market = Market::start().await;
    let send = |n: usize| {
        market.ask(PATH, if n.is_multiple_of(2) { "a" } else { "b" }, body("card-ok-1")).send()
    };
    let replies = join_all((0..32).map(send)).await;
    let created = replies.iter().filter(|reply| reply.status() == 201);
    let fresh = created.filter(|reply| reply.header("idempotency-replayed").is_none()).count();
    assert_eq!(fresh, 1);
    for reply in replies.iter().filter(|reply| reply.status() != 201) {
        assert_eq!((reply.status(), &*reply.code()), (409, "card-authorization-used"));
    }
    assert_eq!(market.providers().cards(), 1);
}

/// Wherever it breaks off, the same request finishes it, with one key at the provider.
#[tokio::test]
async fn what_broke_off_is_finished_by_the_same_request() {
    use FaultKind::{Garbage, LostAfter, LostBefore, Status500};
    for what in [LostBefore, LostAfter, Status500, Garbage] {
        let market = Market::start().await;
        market.expect_failures();
        market.providers().fail("toss:issue", 1, what);
        let lost = market.ask(PATH, "k", body("card-ok-1")).send().await;
        lost.expect_problem(503, "provider-unavailable");
        market.ask(PATH, "k", body("card-ok-1")).send().await.expect(201);
        assert_eq!(market.providers().cards(), 1, "{what:?}");
    }
    for what in [CloudFault::TimeoutBefore, CloudFault::TimeoutAfter, CloudFault::Status500] {
        for action in ["GetItem", "Query", "TransactWriteItems"] {
            let market = Market::start().await;
            market.expect_failures();
            for _ in 0..30 {
                market.cloud.faults().push(Fault::next(&format!("dynamodb:{action}"), what));
            }
            let broken = market.ask(PATH, "k", body("card-ok-1")).send().await;
            broken.expect_problem(503, "try-again");
            market.cloud.faults().clear();
            market.ask(PATH, "k", body("card-ok-1")).send().await.expect(201);
            assert_eq!(market.providers().cards(), 1, "{action} {what:?}");
        }
    }
}

#[tokio::test]
async fn a_card_that_the_provider_refuses_is_not_registered() {
    let market = Market::start().await;
    for (auth_key, reason) in [("card-refused-1", "card-invalid"), ("invented", "expired")] {
        let reply = market.ask(PATH, auth_key, body(auth_key)).send().await;
        let reply = reply.expect_problem(409, "card-refused");
        assert_eq!(reply.json()["reason"], reason);
    }
    let nobody = market.get(PATH).bearer(&market.token_of(&market.payer)).send().await;
    assert_eq!(nobody.expect(200).json()["items"], json!([]));
}

#[tokio::test]
async fn a_user_has_ten_cards_at_most_however_many_come_at_once() {
    let market = Market::start().await;
    let keys: Vec<String> = (0..14).map(|n| format!("card-ok-{n}")).collect();
    let replies = join_all(keys.iter().map(|key| market.ask(PATH, key, body(key)).send())).await;
    let created = replies.iter().filter(|reply| reply.status() == 201).count();
    let full = replies.iter().filter(|reply| reply.code() == "payment-methods-full").count();
    assert_eq!((created, full), (usize::try_from(METHODS_MAX).unwrap(), 4));
    // Refused before the provider is asked, and let in by the same request once there is room.
    let before = market.providers().calls("toss:issue");
    let late = market.ask(PATH, "late", body("card-ok-late")).send().await;
    late.expect_problem(409, "payment-methods-full");
    assert_eq!(market.providers().calls("toss:issue"), before);
    let (index, _) = replies.iter().enumerate().find(|(_, r)| r.status() == 201).unwrap();
    let card = replies[index].json()["id"].as_str().unwrap().parse().unwrap();
    market.forget(&market.payer, card).await.expect(204);
    let (lost, _) = replies.iter().enumerate().find(|(_, r)| r.status() == 409).unwrap();
    let key = &keys[lost];
    market.ask(PATH, key, body(key)).send().await.expect(201);
    let other = market.signed_in("other");
    market.register(&other, "card-ok-other", "000000").await.expect(201);
}

#[tokio::test]
async fn bad_input_reaches_no_provider() {
    let market = Market::start().await;
    let long = "k".repeat(301);
    let with = |field: &str, value: Value| {
        let mut body = body("card-ok-1");
        body[field] = value;
        body
    };
    let cases = [
        with("password", json!(0)),
        with("password", json!(-1)),
        with("password", json!(1.5)),
        with("password", json!(271_828)),
        with("password", json!(null)),
        with("password", json!("aaa")),
        with("password", json!("")),
        with("password", json!("27182")),
        with("password", json!("2718281")),
        with("password", json!("27182a")),
        with("password", json!("２７１８２８")),
        with("authKey", json!("")),
        with("authKey", json!("a b")),
        with("authKey", json!("카드")),
        with("authKey", json!(long)),
        with("authKey", json!(7)),
        with("cardNumber", json!("4330123412341234")),
        with("userId", json!("01938f3c-7e2a-7000-8000-000000000001")),
        json!({ "authKey": "card-ok-1" }),
        json!({}),
        json!([]),
    ];
    for body in cases {
        let reply = market.ask(PATH, &market.fresh_key(), body.clone()).send().await;
        assert_eq!((reply.status(), &*reply.code()), (400, "invalid-request"), "{body}");
        assert!(!reply.text().contains("27182"), "what was sent is not said again");
    }
    let token = market.token_of(&market.payer);
    let keyless = market.post(PATH).bearer(&token).json(body("card-ok-1")).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    let nobody = market.post(PATH).key("k").json(body("card-ok-1")).send().await;
    nobody.expect_problem(401, "unauthenticated");
    assert_eq!(market.providers().calls("toss:issue"), 0);
}
