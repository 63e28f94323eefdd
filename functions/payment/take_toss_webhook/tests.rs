use serde_json::{Value, json};

use crate::{on_webhook, tests::fixture::Market};

async fn post(market: &Market, body: Value) -> Value {
    market.post("/v1/webhooks/toss").json(body).send().await.expect(200).json()
}

#[tokio::test]
async fn what_names_an_order_is_queued_and_the_rest_is_let_go() {
    let market = Market::start().await;
    let order = "0".repeat(32);
    let long = "0".repeat(65);
    let changed = "PAYMENT_STATUS_CHANGED";
    for (body, queued) in [
        (json!({ "eventType": changed, "data": { "orderId": order, "card": {} } }), true),
        (json!({ "orderId": order, "secret": "ps_x", "status": "DONE" }), true),
        (json!({ "orderId": order, "status": "DONE" }), false),
        (json!({ "eventType": changed, "data": { "orderId": long } }), false),
        (json!({ "eventType": changed, "data": {} }), false),
        (json!({ "eventType": "PAYOUT_STATUS_CHANGED", "data": { "orderId": order } }), false),
        (json!({}), false),
    ] {
        assert_eq!(post(&market, body.clone()).await["queued"], queued, "{body}");
    }
    let request = market.post("/v1/webhooks/toss").header("content-type", "application/json");
    request.body("{").send().await.expect_problem(400, "malformed-json");
    let wrong = market.post("/v1/webhooks/toss").json(json!({ "eventType": 1 })).send().await;
    wrong.expect_problem(400, "invalid-request");
}

/// A list of as many values as a notice has fields was taken for one.
#[tokio::test]
async fn a_list_is_no_notice() {
    let market = Market::start().await;
    for body in [json!([]), json!([null, null]), json!(["PAYMENT_STATUS_CHANGED", null])] {
        let answer = market.post("/v1/webhooks/toss").json(body).send().await;
        answer.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn the_secret_goes_no_further_than_the_door() {
    let market = Market::start().await;
    let secret = "ps_the_secret_of_a_payment";
    post(&market, json!({ "orderId": "x", "secret": secret })).await;
    let queue =
        market.cloud.queues().into_iter().find(|queue| queue.name == on_webhook::FUNCTION.id());
    assert!(!format!("{queue:?}").contains(secret));
    market.run_until_idle().await;
    assert!(!serde_json::to_string(&market.log_lines()).unwrap().contains(secret));
}
