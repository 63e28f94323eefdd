//! What the host itself refuses, before any handler: the same on every route, so measured once.

use domain::identity::Role;
use serde_json::json;
use testkit::RequestBuilder;

use crate::budgets::{book::Book, fixture::Stage};

const ORDERS: &str = "/v1/exchange/orders";
const BODY_BYTES_MAX: usize = 256 * 1024;

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let anna = stage.member("anna").await;
    let token = stage.app.token(anna, &[Role::User]);
    let keyless = || stage.app.post(ORDERS).bearer(&token);
    let order = || keyless().key("k").header("content-type", "application/json");
    let cookie = format!("__Host-jangteo-access={token}");
    let long = format!("\"{}\"", "a".repeat(BODY_BYTES_MAX));
    let requests: Vec<(&str, RequestBuilder)> = vec![
        ("401 unauthenticated", stage.app.post(ORDERS).key("k").json(json!({}))),
        ("401 token-invalid", stage.app.post(ORDERS).bearer("x").key("k").json(json!({}))),
        ("403 csrf-required", stage.app.post(ORDERS).header("cookie", &cookie).json(json!({}))),
        ("403 forbidden", stage.app.post("/v1/tags").bearer(&token).json(json!({ "name": "x" }))),
        ("400 idempotency-key-required", keyless().json(json!({}))),
        ("400 idempotency-key-invalid", keyless().key("a b").json(json!({}))),
        ("400 malformed-json", order().body("{")),
        ("400 invalid-request", order().body("{}")),
        ("400 unsupported-content-type", keyless().key("k").body("{}")),
        ("400 body-too-large", order().body(long)),
    ];
    for (outcome, request) in requests {
        stage.ask(outcome, request).await;
    }
    for (outcome, seconds) in [("201", 600), ("422 idempotency-key-reused", 700)] {
        let offer = json!({ "title": "책", "startPrice": 1_000, "durationSeconds": seconds });
        let request = stage.post_with("k", &[Role::User], anna, "/v1/auctions", offer);
        stage.ask(outcome, request).await;
    }
    stage.end()
}
