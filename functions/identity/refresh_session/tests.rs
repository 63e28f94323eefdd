use std::sync::Arc;

use domain::identity::Role;
use kernel::Span;
use local::{Fault, FaultKind};
use serde_json::json;
use store::Table;

use crate::tests::fixture::{
    PASSWORD, Person, at_once, cookie, count, log_in, refresh, sign_up, start,
};

const PATH: &str = "/v1/sessions/refresh";
const INVALID: &str = "refresh-token-invalid";

#[tokio::test]
async fn rotates_at_every_use() {
    let app = start().await;
    let mut person = sign_up(&app, "minji").await;
    for _ in 0..3 {
        app.advance(Span::days(13)).await;
        app.get("/v1/me").bearer(&person.access).send().await.expect_problem(401, "token-invalid");
        let next = Person::of(&refresh(&app, &person.refresh).await.expect(200).json());
        assert_ne!(next.refresh, person.refresh);
        app.get("/v1/me").bearer(&next.access).send().await.expect(200);
        person = next;
    }
}

#[tokio::test]
async fn a_used_token_ends_its_session_and_no_other() {
    let app = start().await;
    let first = sign_up(&app, "minji").await;
    let other = Person::of(&log_in(&app, "minji", PASSWORD).await.json());
    let second = Person::of(&refresh(&app, &first.refresh).await.expect(200).json());
    refresh(&app, &first.refresh).await.expect_problem(401, INVALID);
    refresh(&app, &second.refresh).await.expect_problem(401, INVALID);
    refresh(&app, &other.refresh).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_equal_requests_at_once_one_succeeds_and_the_session_ends() {
    let app = start().await;
    let person = sign_up(&app, "minji").await;
    let replies = at_once(16, |_| {
        let (app, token) = (Arc::clone(&app), person.refresh.clone());
        async move { refresh(&app, &token).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 200), count(&replies, 401)), (1, 15));
    let winner = replies.iter().find(|reply| reply.status() == 200).unwrap();
    let winner = Person::of(&winner.json());
    refresh(&app, &winner.refresh).await.expect_problem(401, INVALID);
}

#[tokio::test]
async fn a_lost_answer_of_the_table_is_no_reuse() {
    let app = start().await;
    let person = sign_up(&app, "minji").await;
    let lost = Fault::next("dynamodb:UpdateItem", FaultKind::TimeoutAfter);
    app.cloud.faults().push(lost.on(Table::Session));
    let next = Person::of(&refresh(&app, &person.refresh).await.expect(200).json());
    assert_eq!(app.cloud.faults().injected().len(), 1);
    refresh(&app, &next.refresh).await.expect(200);
}

#[tokio::test]
async fn a_token_lives_14_days() {
    let app = start().await;
    let (in_time, late) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    app.advance(Span::millis(Span::days(14).as_millis() - 1)).await;
    refresh(&app, &in_time.refresh).await.expect(200);
    app.advance(Span::millis(1)).await;
    refresh(&app, &late.refresh).await.expect_problem(401, INVALID);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_401_or_400_never_500() {
    let app = start().await;
    let person = sign_up(&app, "minji").await;
    for garbage in
        ["", "x", &person.access, &person.refresh[1..], &"A".repeat(107), &"가".repeat(50_000)]
    {
        refresh(&app, garbage).await.expect_problem(401, INVALID);
    }
    app.post(PATH).send().await.expect_problem(401, INVALID);
    let cookie = "__Secure-jangteo-refresh=garbage";
    app.post(PATH).header("cookie", cookie).send().await.expect_problem(401, INVALID);
    for body in [
        json!({}),
        json!({ "refreshToken": 1 }),
        json!({ "refreshToken": "x", "more": 1 }),
        json!([]),
    ] {
        app.post(PATH).json(body).send().await.expect_problem(400, "invalid-request");
    }
    app.get("/v1/me").bearer(&person.refresh).send().await.expect_problem(401, "token-invalid");
    refresh(&app, &person.refresh).await.expect(200); // garbage ended nothing
}

#[tokio::test]
async fn roles_are_read_anew() {
    let app = start().await;
    let person = sign_up(&app, "minji").await;
    let admin = app.admin();
    let path = format!("/v1/users/{}/roles", person.id);
    let raise = app.put(&path).bearer(&admin.token).json(json!({ "roles": ["admin"] }));
    raise.send().await.expect(200);
    let own = |token: &str| app.put(&path).bearer(token).json(json!({ "roles": [] })).send();
    own(&person.access).await.expect_problem(403, "forbidden");
    let next = Person::of(&refresh(&app, &person.refresh).await.expect(200).json());
    let caller = app.app.keys.caller(&next.access, app.now()).unwrap();
    assert!(caller.has(Role::Admin));
    own(&next.access).await.expect(200);
}

#[tokio::test]
async fn cookies_need_the_csrf_header() {
    let app = start().await;
    let body = json!({ "email": "minji@example.com", "password": PASSWORD });
    let reply = app.post("/v1/users").header("x-token-delivery", "cookie").json(body).send().await;
    let (token, _) = cookie(&reply, "__Secure-jangteo-refresh").unwrap();
    let (csrf, _) = cookie(&reply, "__Host-jangteo-csrf").unwrap();
    let cookies = format!("__Secure-jangteo-refresh={token}");
    let ask = || app.post(PATH).header("cookie", &cookies);
    ask().send().await.expect_problem(403, "csrf-required");
    ask().header("x-csrf-token", "nonsense").send().await.expect_problem(403, "csrf-required");
    let reply = ask().header("x-csrf-token", &csrf).send().await.expect(200);
    assert_eq!(reply.json().get("refreshToken"), None);
    let (next, _) = cookie(&reply, "__Secure-jangteo-refresh").unwrap();
    assert_ne!(next, token);
    let (same, _) = cookie(&reply, "__Host-jangteo-csrf").unwrap();
    assert_eq!(same, csrf);
}
