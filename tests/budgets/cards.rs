//! Cards: registered, listed, forgotten. What they are charged, the exchange's stories say.

use domain::identity::Role;
use serde_json::json;

use super::{book::Book, fixture::Stage};

const METHODS: &str = "/v1/me/payment-methods";

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let anna = stage.member("anna").await;
    let body = |auth_key: &str| json!({ "authKey": auth_key, "password": "271828" });
    let mut path = String::new();
    for (outcome, key, auth_key) in [
        ("201", "a", "card-ok-1"),
        ("201 repeated", "a", "card-ok-1"),
        ("409 card-authorization-used", "b", "card-ok-1"),
        ("409 card-refused", "c", "card-refused-1"),
        ("201", "d", "card-ok-2"),
    ] {
        let request = stage.post_with(key, &[Role::User], anna, METHODS, body(auth_key));
        let reply = stage.ask(outcome, request).await;
        path = reply.header("location").map_or(path, str::to_owned);
    }
    stage.ask("200", stage.get(anna, METHODS)).await;
    for outcome in ["204", "404 payment-method-not-found"] {
        let request = stage.by(anna, stage.app.delete(&path));
        stage.ask(outcome, request).await;
    }
    for number in 2..=10 {
        let body = body(&format!("card-ok-{number}0"));
        stage.ask("201", stage.post(anna, METHODS, body)).await;
    }
    let request = stage.post(anna, METHODS, body("card-ok-11"));
    stage.ask("409 payment-methods-full", request).await;
    let cards = stage.ask("200", stage.get(anna, METHODS)).await.json();
    assert_eq!(cards["items"].as_array().unwrap().len(), 10);
    stage.end()
}
