//! Signing up and in, addresses.

use serde_json::json;

use super::{book::Book, stage::Stage};
use crate::journeys::PASSWORD;

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let body = json!({
        "email": "anna@example.com", "phone": "01022223333", "password": PASSWORD,
        "nickname": "anna",
    });
    let sign_up = |stage: &Stage| stage.app.post("/v1/users").json(body.clone());
    let request = sign_up(&stage);
    let joined = stage.ask("201", request).await.json();
    let anna = joined["user"]["id"].as_str().unwrap().parse().unwrap();
    let request = sign_up(&stage);
    stage.ask("409 email-taken", request).await;

    for (outcome, password) in [("201", PASSWORD), ("401 wrong-credentials", "wrong123456")] {
        let body = json!({ "email": "anna@example.com", "password": password });
        let request = stage.app.post("/v1/sessions").json(body);
        stage.ask(outcome, request).await;
    }
    stage.ask("200", stage.get(anna, "/v1/me")).await;
    stage.ask("200", stage.get(anna, "/v1/notifications")).await;

    let address = json!({
        "recipient": "김민지", "phone": "01022223333", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152",
    });
    stage.ask("201", stage.post(anna, "/v1/me/addresses", address)).await;
    stage.ask("200", stage.get(anna, "/v1/me/addresses")).await;
    stage.end()
}
