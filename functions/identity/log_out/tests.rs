use serde_json::json;

use crate::tests::fixture::{PASSWORD, Person, cookie, log_in, refresh, sign_up, start};

const PATH: &str = "/v1/sessions/current";

#[tokio::test]
async fn ends_this_session_and_no_other() {
    let app = start().await;
    let here = sign_up(&app, "minji").await;
    let there = Person::of(&log_in(&app, "minji", PASSWORD).await.json());
    for _ in 0..2 {
        let reply = app.delete(PATH).bearer(&here.access).send().await.expect(204);
        assert_eq!(reply.text(), "");
    }
    refresh(&app, &here.refresh).await.expect_problem(401, "refresh-token-invalid");
    refresh(&app, &there.refresh).await.expect(200);
}

#[tokio::test]
async fn needs_a_session() {
    let app = start().await;
    app.delete(PATH).send().await.expect_problem(401, "unauthenticated");
    app.delete(PATH).bearer("garbage").send().await.expect_problem(401, "token-invalid");
}

#[tokio::test]
async fn clears_the_cookies_that_were_set() {
    let app = start().await;
    let body = json!({ "email": "minji@example.com", "password": PASSWORD });
    let set = app.post("/v1/users").header("x-token-delivery", "cookie").json(body).send().await;
    let (access, _) = cookie(&set, "__Host-jangteo-access").unwrap();
    let (csrf, _) = cookie(&set, "__Host-jangteo-csrf").unwrap();
    let cookies = format!("__Host-jangteo-access={access}");
    let leave = || app.delete(PATH).header("cookie", &cookies);
    leave().send().await.expect_problem(403, "csrf-required");
    let cleared = leave().header("x-csrf-token", &csrf).send().await.expect(204);
    for name in ["__Host-jangteo-access", "__Secure-jangteo-refresh", "__Host-jangteo-csrf"] {
        let (_, was) = cookie(&set, name).unwrap();
        let (value, now) = cookie(&cleared, name).unwrap();
        let life = was.split("Max-Age=").nth(1).unwrap().split(';').next().unwrap();
        assert_eq!(value, "");
        assert_eq!(now, was.replace(&format!("Max-Age={life}"), "Max-Age=0"));
    }
}
