//! What the context's tests share: an auction, bidders, short ways to bid.

use domain::identity::Role;
use kernel::Span;
use serde_json::{Value, json};
use testkit::{Reply, TestApp, User};

/// Starts the context alone.
pub async fn start() -> TestApp {
    TestApp::start(crate::FUNCTIONS).await
}

/// Ten minutes from 10,000 won, changed by `extra`.
pub async fn auction(app: &TestApp, seller: &User, extra: Value) -> String {
    let reply = create(app, seller, extra).await.expect(201);
    app.settle().await;
    reply.json()["id"].as_str().unwrap().to_owned()
}

pub async fn create(app: &TestApp, seller: &User, extra: Value) -> Reply {
    let mut body = json!({ "title": "카메라", "startPrice": 10_000, "durationSeconds": 600 });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    app.post("/v1/auctions").bearer(&token(app, seller)).json(body).send().await
}

/// Bids `amount`, by proxy up to `maximum`, under a fresh key.
pub async fn bid(app: &TestApp, id: &str, who: &User, amount: i64, maximum: Option<i64>) -> Reply {
    let body = match maximum {
        Some(maximum) => json!({ "amount": amount, "maxAmount": maximum }),
        None => json!({ "amount": amount }),
    };
    bid_with(app, id, who, &fresh_key(app), body).await
}

pub async fn bid_with(app: &TestApp, id: &str, who: &User, key: &str, body: Value) -> Reply {
    let path = format!("/v1/auctions/{id}/bids");
    app.post(&path).bearer(&token(app, who)).key(key).json(body).send().await
}

/// A token that is fresh however far the clock was turned.
pub fn token(app: &TestApp, who: &User) -> String {
    app.token(who.id, &[Role::User])
}

pub async fn buy(app: &TestApp, id: &str, who: &User) -> Reply {
    let path = format!("/v1/auctions/{id}/buy-now");
    app.post(&path).bearer(&token(app, who)).key(&fresh_key(app)).send().await
}

pub async fn show(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/auctions/{id}")).send().await.expect(200).json()
}

pub fn fresh_key(app: &TestApp) -> String {
    app.app.entropy.uuid(app.now()).to_string()
}

/// Lets the auction end and everything that follows from it happen.
pub async fn end(app: &TestApp) {
    app.advance(Span::minutes(80)).await;
}
