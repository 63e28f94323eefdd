use futures::future::join_all;
use gateway::fake::FaultKind;
use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::{AMOUNT, Begun, Market};

const PATH: &str = "/v1/wallet/top-ups";

#[tokio::test]
async fn a_payment_waits_for_its_payer() {
    let market = Market::start().await;
    for (provider, checkout) in [("toss", "/toss/checkout?orderId="), ("kakaopay", "/pages/T")] {
        let body = json!({ "amount": AMOUNT, "provider": provider });
        let reply = market.ask(PATH, &market.fresh_key(), body).send().await.expect(201);
        let json = reply.json();
        let id = json["payment"]["id"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("location"), Some(format!("/v1/payments/{id}").as_str()));
        assert_eq!(json["orderId"], id.replace('-', ""));
        assert!(json["checkoutUrl"].as_str().unwrap().contains(checkout), "{json}");
        assert_eq!(
            json["payment"],
            json!({
                "id": id, "purpose": "top_up", "tradeId": null, "amount": AMOUNT,
                "provider": provider, "status": "ready", "failure": null, "method": null,
                "cancelledAmount": 0, "cancelling": false,
                "createdAt": "2026-11-21T00:00:00.000Z", "doneAt": null,
            })
        );
    }
    assert_eq!(market.purse().await, (0, 0));
}

#[tokio::test]
async fn bad_input_is_refused_and_leaves_nothing() {
    let market = Market::start().await;
    let provider = json!("toss");
    let cases: Vec<(Value, u16, &str)> = [0, -1, 100_000_001, 1_000_000_000_001, i64::MAX]
        .into_iter()
        .map(|amount| (json!({ "amount": amount, "provider": provider }), 400, "invalid-request"))
        .chain([
            (json!({ "amount": 1.5, "provider": "toss" }), 400, "invalid-request"),
            (json!({ "amount": "aaa", "provider": "toss" }), 400, "invalid-request"),
            (json!({ "amount": "1", "provider": "toss" }), 400, "invalid-request"),
            (json!({ "amount": null, "provider": "toss" }), 400, "invalid-request"),
            (json!({ "provider": "toss" }), 400, "invalid-request"),
            (json!({ "amount": 1 }), 400, "invalid-request"),
            (json!({ "amount": 1, "provider": null }), 400, "invalid-request"),
            (json!({ "amount": 1, "provider": "TOSS" }), 400, "invalid-request"),
            (json!({ "amount": 1, "provider": "paypal" }), 400, "invalid-request"),
            (json!({ "amount": 1, "provider": "" }), 400, "invalid-request"),
            (json!({ "amount": 1, "provider": "toss", "userId": 1 }), 400, "invalid-request"),
            (json!({ "amount": 1, "provider": "naver" }), 422, "provider-unsupported"),
            (json!({ "amount": 1, "provider": "payco" }), 422, "provider-unsupported"),
        ])
        .collect();
    for (body, status, code) in cases {
        let reply = market.ask(PATH, &market.fresh_key(), body.clone()).send().await;
        assert_eq!((reply.status(), reply.code().as_str()), (status, code), "{body}");
    }
    let overflow = "{\"amount\":99999999999999999999,\"provider\":\"toss\"}";
    let request = market.post(PATH).bearer(&market.payer.token).key("k").body(overflow);
    let reply = request.header("content-type", "application/json").send().await;
    reply.expect_problem(400, "invalid-request");
    let body = json!({ "amount": 1, "provider": "toss" });
    let keyless = market.post(PATH).bearer(&market.payer.token).json(body).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    assert!(market.rows().await.table(Table::Payment).is_empty());
}

#[tokio::test]
async fn one_key_begins_one_payment_however_often_it_is_sent_at_once() {
    let market = Market::start().await;
    let body = json!({ "amount": AMOUNT, "provider": "kakaopay" });
    let send = |_| market.ask(PATH, "the-same", body.clone()).send();
    let replies = join_all((0..64).map(send)).await;
    let first = replies[0].json();
    for reply in replies {
        assert_eq!((reply.status(), reply.json()), (201, first.clone()));
    }
    assert_eq!(market.rows().await.table(Table::Payment).len(), 1);
    let other = json!({ "amount": AMOUNT + 1, "provider": "kakaopay" });
    let reply = market.ask(PATH, "the-same", other).send().await;
    reply.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_begins_nothing() {
    let market = Market::start().await;
    market.expect_failures();
    let body = json!({ "amount": AMOUNT, "provider": "kakaopay" });
    for what in [FaultKind::LostBefore, FaultKind::LostAfter, FaultKind::Status500] {
        market.providers().fail("kakaopay:ready", 1, what);
        let reply = market.ask(PATH, "k", body.clone()).send().await;
        let reply = reply.expect_problem(503, "provider-unavailable");
        assert_eq!(reply.header("retry-after"), Some("5"));
    }
    market.ask(PATH, "k", body).send().await.expect(201);
    assert_eq!(market.rows().await.table(Table::Payment).len(), 1);
}

#[tokio::test]
async fn a_full_wallet_takes_no_more() {
    use domain::ledger::{Account, Between, Movement, MovementKind};
    let market = Market::start().await;
    let accounts = Between { from: Account::Provider, to: Account::SpendOnly(market.payer.id) };
    let all = kernel::Won::MAX;
    let full = Movement::transfer("t".to_owned(), MovementKind::TopUp, all, accounts).unwrap();
    assert!(market.store().move_money(&full, market.now()).await.unwrap());
    let body = json!({ "amount": 1, "provider": "toss" });
    let reply = market.ask(PATH, "k", body).send().await;
    reply.expect_problem(409, "wallet-full");
}

/// Toss takes no card for less than 100 won, and no account for less than 200.
#[tokio::test]
async fn f5_what_is_under_the_providers_minimum_is_refused() {
    let market = Market::start().await;
    let begin = async |amount: i64, provider: &str| {
        let body = json!({ "amount": amount, "provider": provider });
        market.ask("/v1/wallet/top-ups", &market.fresh_key(), body).send().await
    };
    for amount in [1, 99] {
        begin(amount, "toss").await.expect_problem(422, "amount-too-small");
        begin(amount, "kakaopay").await.expect(201);
    }
    begin(0, "toss").await.expect_problem(400, "invalid-request");
    let begun = Begun::of(&begin(100, "toss").await.expect(201).json());
    let body = market.agree(&begun);
    let refused = FaultKind::TossCode("BELOW_MINIMUM_AMOUNT");
    market.providers().fail("toss:confirm", 1, refused);
    market.confirm(&begun, &body).await.expect_problem(422, "amount-too-small");
    assert_eq!(market.status(&begun).await, "failed");
}
