//! Names that are taken, and tries that are too many.

use serde_json::{Value, json};

use crate::{
    budgets::{book::Book, fixture::Stage},
    journeys::PASSWORD,
};

const CHECKS_MAX: usize = 30;
const SIGN_UPS_MAX: usize = 100;
const TRIES_MAX: usize = 5;
const ADDRESSES_MAX: usize = 20;

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    taken(&mut stage).await;
    too_many_tries(&mut stage).await;
    let anna = stage.member("chul").await;
    let path = format!("/v1/me/blocks/{anna}");
    let request = stage.by(anna, stage.app.put(&path));
    stage.ask("409 cannot-block-yourself", request).await;
    let address = json!({
        "recipient": "김민지", "phone": "01022223333", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152",
    });
    for _ in 0..ADDRESSES_MAX {
        stage.post(anna, "/v1/me/addresses", address.clone()).send().await.expect(201);
    }
    let request = stage.post(anna, "/v1/me/addresses", address);
    stage.ask("409 address-book-full", request).await;
    stage.end()
}

fn person(email: &str, phone: &str, nickname: &str) -> Value {
    json!({
        "email": format!("{email}@example.com"), "phone": phone, "nickname": nickname,
        "password": PASSWORD,
    })
}

async fn taken(stage: &mut Stage) {
    let anna = stage.member("anna").await;
    stage.member("bora").await;
    for (outcome, body) in [
        ("409 phone-taken", person("chul", "01011110001", "chul")),
        ("409 nickname-taken", person("chul", "01011110009", "anna")),
    ] {
        let request = stage.app.post("/v1/users").json(body);
        stage.ask(outcome, request).await;
    }
    for (outcome, query) in
        [("409 email-taken", "email=anna@example.com"), ("409 phone-taken", "phone=01011110001")]
    {
        let request = stage.app.get(&format!("/v1/users/availability?{query}"));
        stage.ask(outcome, request).await;
    }
    for (outcome, change) in [
        ("409 nickname-taken", json!({ "nickname": "bora" })),
        ("409 email-taken", json!({ "email": "bora@example.com", "currentPassword": PASSWORD })),
        ("409 phone-taken", json!({ "phone": "01011110002", "currentPassword": PASSWORD })),
    ] {
        let request = stage.by(anna, stage.app.patch("/v1/me")).json(change);
        stage.ask(outcome, request).await;
    }
}

async fn too_many_tries(stage: &mut Stage) {
    let check = |stage: &Stage| stage.app.get("/v1/users/availability?nickname=nobody");
    for _ in 0..CHECKS_MAX {
        check(stage).send().await;
    }
    let request = check(stage);
    stage.ask_at_once("429 too-many-requests", request).await;

    let wrong = json!({ "password": "jangteo2027", "currentPassword": "wrong123456" });
    let bora = stage.member("dana").await;
    let edit = |stage: &Stage| stage.by(bora, stage.app.patch("/v1/me")).json(wrong.clone());
    for _ in 0..TRIES_MAX {
        edit(stage).send().await;
    }
    let request = edit(stage);
    stage.ask_at_once("429 too-many-login-failures", request).await;

    let guess = json!({ "email": "anna@example.com", "password": "wrong123456" });
    let log_in = |stage: &Stage| stage.app.post("/v1/sessions").json(guess.clone());
    for _ in 0..TRIES_MAX {
        log_in(stage).send().await;
    }
    let request = log_in(stage);
    stage.ask_at_once("429 too-many-login-failures", request).await;

    stage.app.clock.advance(kernel::Span::minutes(16));
    let sign_up =
        |stage: &Stage| stage.app.post("/v1/users").json(person("anna", "01011110001", "anna"));
    for _ in 0..SIGN_UPS_MAX {
        sign_up(stage).send().await;
    }
    let request = sign_up(stage);
    stage.ask_at_once("429 too-many-requests", request).await;
    stage.app.clock.advance(kernel::Span::minutes(16));
}
