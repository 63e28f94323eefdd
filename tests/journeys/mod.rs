//! Stories that cross contexts, told over HTTP only.

mod auction;
mod browser;
mod exchange;
mod money;
mod privacy;
mod proof;
mod sessions;

use kernel::UserId;
use serde_json::{Value, json};
use testkit::{Reply, TestApp, User};

pub const PASSWORD: &str = "jangteo2026";

/// The whole product on an empty cloud.
pub async fn market() -> TestApp {
    TestApp::start(&registry::functions()).await
}

/// Somebody with a real account.
pub struct Member {
    pub id: UserId,
    pub email: String,
}

/// Signs up with e-mail and phone.
pub async fn join(app: &TestApp, name: &str, phone: &str) -> Member {
    let email = format!("{name}@example.com");
    let body = json!({ "email": email, "phone": phone, "password": PASSWORD, "nickname": name });
    let reply = app.post("/v1/users").json(body).send().await.expect(201);
    let id = reply.json()["user"]["id"].as_str().unwrap().parse().unwrap();
    app.run_until_idle().await;
    Member { id, email }
}

/// Logs in; tokens last 15 minutes of virtual time.
pub async fn log_in(app: &TestApp, member: &Member) -> User {
    let body = json!({ "email": member.email, "password": PASSWORD });
    let reply = app.post("/v1/sessions").json(body).send().await.expect(201);
    let token = reply.json()["accessToken"].as_str().unwrap().to_owned();
    User { id: member.id, token }
}

pub async fn bid(app: &TestApp, auction: &str, who: &User, key: &str, body: Value) -> Reply {
    let path = format!("/v1/auctions/{auction}/bids");
    app.post(&path).bearer(&who.token).key(key).json(body).send().await
}

pub async fn notifications(app: &TestApp, who: &User) -> Vec<Value> {
    let reply = app.get("/v1/notifications").bearer(&who.token).send().await.expect(200);
    reply.json()["items"].as_array().unwrap().clone()
}
