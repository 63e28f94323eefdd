//! What this context's cases share.

use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use testkit::{Reply, TestApp};

pub const PASSWORD: &str = "correct1horse";

/// An account made through the front door, and the tokens it came with.
pub struct Person {
    pub id: String,
    pub access: String,
    pub refresh: String,
}

impl Person {
    /// From the body of a sign-up, log-in or refresh.
    pub fn of(body: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: text(&body["user"]["id"]),
            access: text(&body["accessToken"]),
            refresh: text(&body["refreshToken"]),
        }
    }
}

pub async fn start() -> Arc<TestApp> {
    Arc::new(TestApp::start(crate::FUNCTIONS).await)
}

/// Signs up `name` with the e-mail `name@example.com`, that nickname, and [`PASSWORD`].
pub async fn sign_up(app: &TestApp, name: &str) -> Person {
    let email = format!("{name}@example.com");
    let body = json!({ "email": email, "password": PASSWORD, "nickname": name });
    Person::of(&app.post("/v1/users").json(body).send().await.expect(201).json())
}

pub async fn log_in(app: &TestApp, name: &str, password: &str) -> Reply {
    let body = json!({ "email": format!("{name}@example.com"), "password": password });
    app.post("/v1/sessions").json(body).send().await
}

pub async fn refresh(app: &TestApp, token: &str) -> Reply {
    app.post("/v1/sessions/refresh").json(json!({ "refreshToken": token })).send().await
}

/// Runs `count` requests at once, each on a task of its own.
pub async fn at_once<F>(count: usize, request: impl Fn(usize) -> F) -> Vec<Reply>
where
    F: Future<Output = Reply> + Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "a test waits for its tasks")]
    let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(request(number))).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// How many of the replies have this status.
pub fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status() == status).count()
}

/// The value of a cookie that the reply sets, and its attributes.
pub fn cookie(reply: &Reply, name: &str) -> Option<(String, String)> {
    let lines = reply.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let mut found = lines.filter_map(|line| {
        let (pair, attributes) = line.split_once("; ")?;
        let (key, value) = pair.split_once('=')?;
        (key == name).then(|| (value.to_owned(), attributes.to_owned()))
    });
    found.next()
}

/// An HTTP API event for `POST /v1/sessions` from an address of one's own.
pub fn log_in_event(address: &str, email: &str, password: &str) -> Value {
    let body = json!({ "email": email, "password": password }).to_string();
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/sessions",
        "rawPath": "/v1/sessions",
        "rawQueryString": "",
        "headers": { "content-type": "application/json", "host": "api.jangteo.example" },
        "requestContext": {
            "accountId": "000000000000", "apiId": "local", "domainName": "api.jangteo.example",
            "domainPrefix": "api", "requestId": "r-1", "routeKey": "POST /v1/sessions",
            "stage": "$default", "time": "21/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1_795_219_200_000_i64,
            "http": { "method": "POST", "path": "/v1/sessions", "protocol": "HTTP/1.1",
                      "sourceIp": address, "userAgent": "test" },
        },
        "body": body,
        "isBase64Encoded": false,
    })
}
