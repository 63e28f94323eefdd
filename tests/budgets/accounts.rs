//! Signing up and in, the profile, addresses, blocked users, what one is told.

use kernel::UserId;
use serde_json::{Value, json};

use super::{book::Book, fixture::Stage};
use crate::{journeys::PASSWORD, support::NO_ID};

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

    for (outcome, query) in [("200", "nickname=bora"), ("409 nickname-taken", "nickname=anna")] {
        let request = stage.app.get(&format!("/v1/users/availability?{query}"));
        stage.ask(outcome, request).await;
    }
    for (outcome, password) in [("201", PASSWORD), ("401 wrong-credentials", "wrong123456")] {
        let body = json!({ "email": "anna@example.com", "password": password });
        let request = stage.app.post("/v1/sessions").json(body);
        stage.ask(outcome, request).await;
    }
    stage.ask("200", stage.get(anna, "/v1/me")).await;
    told(&mut stage, anna).await;
    sessions(&mut stage, &joined["refreshToken"]).await;
    let bora = stage.member("bora").await;
    edited(&mut stage, anna, bora).await;
    blocked(&mut stage, anna, bora).await;
    let request = stage.by_admin(stage.app.put(&format!("/v1/users/{bora}/roles")));
    stage.ask("200", request.json(json!({ "roles": ["user", "inspector"] }))).await;

    let address = json!({
        "recipient": "김민지", "phone": "01022223333", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152",
    });
    let added = stage.ask("201", stage.post(anna, "/v1/me/addresses", address)).await.json();
    stage.ask("200", stage.get(anna, "/v1/me/addresses")).await;
    let path = format!("/v1/me/addresses/{}", added["id"].as_str().unwrap());
    for outcome in ["204", "404 address-not-found"] {
        let request = stage.by(anna, stage.app.delete(&path));
        stage.ask(outcome, request).await;
    }
    stage.end()
}

async fn told(stage: &mut Stage, anna: UserId) {
    let list = stage.ask("200", stage.get(anna, "/v1/notifications")).await.json();
    let path = |id: &str| format!("/v1/notifications/{id}/read");
    let first = path(list["items"][0]["id"].as_str().unwrap());
    for (outcome, path) in
        [("204", &first), ("204 again", &first), ("404 notification-not-found", &path(NO_ID))]
    {
        let request = stage.by(anna, stage.app.put(path));
        stage.ask(outcome, request).await;
    }
}

/// A refresh token is used, used again, and its session ended.
async fn sessions(stage: &mut Stage, refresh: &Value) {
    for outcome in ["200", "401 refresh-token-invalid"] {
        let body = json!({ "refreshToken": refresh });
        let request = stage.app.post("/v1/sessions/refresh").json(body);
        stage.ask(outcome, request).await;
    }
    let token = logged_in(stage, "anna@example.com").await;
    let request = stage.app.delete("/v1/sessions/current").bearer(&token);
    stage.ask("204", request).await;
}

async fn edited(stage: &mut Stage, anna: UserId, bora: UserId) {
    let request = stage.by(anna, stage.app.patch("/v1/me")).json(json!({ "nickname": "anne" }));
    stage.ask("200 a nickname", request).await;
    let request = stage.by(anna, stage.app.patch("/v1/me")).header("if-match", "\"1\"");
    stage.ask("412 stale-version", request.json(json!({ "nickname": "ann" }))).await;
    let password = |current: &str| json!({ "password": "jangteo2027", "currentPassword": current });
    let wrong = stage.by(bora, stage.app.patch("/v1/me")).json(password("wrong123456"));
    stage.ask("401 wrong-credentials", wrong).await;
    let token = logged_in(stage, "bora@example.com").await;
    let request = stage.app.patch("/v1/me").bearer(&token).json(password(PASSWORD));
    stage.ask("200 a password", request).await;
    let token = logged_in(stage, "anna@example.com").await;
    let email = json!({ "email": "anne@example.com", "currentPassword": PASSWORD });
    let request = stage.app.patch("/v1/me").bearer(&token).json(email);
    stage.ask("200 an e-mail", request).await;
}

/// The token of a new session. A guess that was right, too, begins a window in which wrong ones
/// are counted.
async fn logged_in(stage: &mut Stage, email: &str) -> String {
    let body = json!({ "email": email, "password": PASSWORD });
    let request = stage.app.post("/v1/sessions").json(body);
    let session = stage.ask("201 after another guess", request).await.json();
    session["accessToken"].as_str().unwrap().to_owned()
}

async fn blocked(stage: &mut Stage, anna: UserId, bora: UserId) {
    let request = stage.app.get(&format!("/v1/users/{bora}"));
    stage.ask("200", request).await;
    let path = format!("/v1/me/blocks/{bora}");
    stage.ask("404 block-not-found", stage.get(anna, &path)).await;
    for outcome in ["204", "204 again"] {
        let request = stage.by(anna, stage.app.put(&path));
        stage.ask(outcome, request).await;
    }
    let request = stage.by(anna, stage.app.put(&format!("/v1/me/blocks/{NO_ID}")));
    stage.ask("404 user-not-found", request).await;
    for path in [path.as_str(), "/v1/me/blocks"] {
        stage.ask("200", stage.get(anna, path)).await;
    }
    let request = stage.by(anna, stage.app.delete(&path));
    stage.ask("204", request).await;
}
