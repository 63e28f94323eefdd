use std::sync::Arc;

use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{PASSWORD, at_once, count, start};

const PATH: &str = "/v1/users/availability";

#[tokio::test]
async fn tells_free_from_taken() {
    let app = start().await;
    let body = json!({
        "email": "minji@example.com", "phone": "01012345678",
        "nickname": "민지", "password": PASSWORD,
    });
    app.post("/v1/users").json(body).send().await.expect(201);
    for (query, code) in [
        ("email=MINJI@example.com", "email-taken"),
        ("phone=010-1234-5678", "phone-taken"),
        ("phone=010%201234%205678", "phone-taken"),
        ("nickname=%EB%AF%BC%EC%A7%80", "nickname-taken"),
    ] {
        app.get(&format!("{PATH}?{query}")).send().await.expect_problem(409, code);
    }
    for query in ["email=other@example.com", "phone=01012345679", "nickname=other"] {
        let reply = app.get(&format!("{PATH}?{query}")).send().await.expect(200);
        assert_eq!(reply.json(), json!({ "available": true }));
    }
}

#[tokio::test]
async fn needs_exactly_one_well_formed_name() {
    let app = start().await;
    for query in [
        "",
        "email=",
        "email=minji",
        "phone=123",
        "phone=%2B821012345678",
        "nickname=",
        "nickname=%00",
        "nickname=%20",
        "email=a@b.com&phone=01012345678",
        "email=a@b.com&email=c@d.com",
        "id=1",
        "email=a@b.com&extra=1",
        "phone=010%0a12345678",
        "nickname=%ff",
    ] {
        let reply = app.get(&format!("{PATH}?{query}")).send().await;
        assert_eq!((reply.status(), &*reply.code()), (400, "invalid-request"), "{query}");
    }
    let huge = format!("{PATH}?nickname={}", "a".repeat(10_000));
    app.get(&huge).send().await.expect_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_a_minute_even_at_once() {
    let app = start().await;
    let look = |_| {
        let app = Arc::clone(&app);
        async move { app.get(&format!("{PATH}?nickname=minji")).send().await }
    };
    app.get(&format!("{PATH}?nickname=")).send().await.expect(400); // not counted
    app.advance(Span::seconds(1)).await;
    let replies = at_once(40, look).await;
    assert_eq!((count(&replies, 200), count(&replies, 429)), (30, 10));
    app.advance(Span::seconds(20)).await;
    let refused = look(0).await.expect_problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), Some("40"));
    app.advance(Span::seconds(40)).await;
    assert_eq!(count(&at_once(31, look).await, 200), 30);
}
