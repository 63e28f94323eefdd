//! The cookie variant, and what a browser asks before it dares to call.

use serde_json::json;

use super::{PASSWORD, join, market};

#[tokio::test]
async fn only_listed_origins_get_credentials() {
    let app = market().await;
    for (origin, allowed) in
        [("http://127.0.0.1:3000", true), ("https://evil.example", false), ("null", false)]
    {
        let reply = app.get("/v1/auctions").header("origin", origin).send().await.expect(200);
        let answered = reply.header("access-control-allow-origin");
        assert_eq!(answered, allowed.then_some(origin));
        assert_eq!(reply.header("access-control-allow-credentials"), allowed.then_some("true"));
        let request = testkit::RequestBuilder::new(app.router(), "OPTIONS", "/v1/auctions");
        let request = request.header("origin", origin);
        let preflight = request.header("access-control-request-method", "POST").send().await;
        assert_eq!(preflight.header("access-control-allow-origin"), allowed.then_some(origin));
    }
}

#[tokio::test]
async fn cookies_need_the_csrf_header() {
    let app = market().await;
    let minji = join(&app, "minji", "01033334444").await;
    let login = json!({ "email": minji.email, "password": PASSWORD });
    let request = app.post("/v1/sessions").header("x-token-delivery", "cookie");
    let reply = request.json(login).send().await.expect(201);
    let jar = reply.headers().get_all("set-cookie").iter();
    let jar: Vec<String> = jar.map(|line| line.to_str().unwrap().to_owned()).collect();
    assert!(jar.iter().all(|line| line.contains("Secure") && line.contains("SameSite=Strict")));
    let pairs: Vec<&str> = jar.iter().map(|line| line.split(';').next().unwrap()).collect();
    let cookies = pairs.join("; ");
    let csrf = reply.json()["csrfToken"].as_str().unwrap().to_owned();

    app.get("/v1/me").header("cookie", &cookies).send().await.expect(200);
    let body = json!({ "title": "책", "startPrice": 1_000, "durationSeconds": 600 });
    let post = || app.post("/v1/auctions").header("cookie", &cookies).json(body.clone());
    post().send().await.expect_problem(403, "csrf-required");
    post().header("x-csrf-token", "guess").send().await.expect_problem(403, "csrf-required");
    post().header("x-csrf-token", &csrf).send().await.expect(201);
}
