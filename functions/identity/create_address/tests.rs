use std::sync::Arc;

use serde_json::{Value, json};
use testkit::{Reply, TestApp};

use crate::tests::fixture::{Person, at_once, count, sign_up, start};

pub fn body() -> Value {
    json!({
        "recipient": "김민지", "phone": "010-1234-5678", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152", "line2": "3층",
    })
}

pub async fn add(app: &TestApp, who: &Person, body: Value) -> Reply {
    app.post("/v1/me/addresses").bearer(&who.access).json(body).send().await
}

#[tokio::test]
async fn adds_an_address() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let reply = add(&app, &minji, body()).await.expect(201);
    let address = reply.json();
    let id = address["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), Some(format!("/v1/me/addresses/{id}").as_str()));
    assert_eq!(address["phone"], "01012345678");
    let mut bare = body();
    bare.as_object_mut().unwrap().remove("line2");
    assert_eq!(add(&app, &minji, bare).await.expect(201).json()["line2"], Value::Null);
}

#[tokio::test]
async fn refuses_what_is_no_address() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let cases = [
        ("recipient", json!("")),
        ("recipient", json!("가".repeat(41))),
        ("recipient", json!(1)),
        ("phone", json!("02-123-4567")),
        ("phone", json!(null)),
        ("postcode", json!("0623")),
        ("postcode", json!("0623a")),
        ("postcode", json!(6236)),
        ("line1", json!("  ")),
        ("line1", json!("a\u{0}b")),
        ("line2", json!("가".repeat(101))),
        ("userId", json!("01938f3c-7e2a-7000-8000-000000000001")),
    ];
    for (field, value) in cases {
        let mut body = body();
        body[field] = value.clone();
        let reply = add(&app, &minji, body).await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], format!("/{field}"), "{value}");
    }
    add(&app, &minji, json!({})).await.expect_problem(400, "invalid-request");
    let nobody = app.post("/v1/me/addresses").json(body()).send().await;
    nobody.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn the_same_request_twice_adds_one() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let add = || app.post("/v1/me/addresses").bearer(&minji.access).key("k").json(body()).send();
    let first = add().await.expect(201);
    let second = add().await.expect(201);
    assert_eq!(first.text(), second.text());
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_book_holds_twenty_however_many_come_at_once() {
    let app = start().await;
    let minji = Arc::new(sign_up(&app, "minji").await);
    let replies = at_once(30, |_| {
        let (app, minji) = (Arc::clone(&app), Arc::clone(&minji));
        async move { add(&app, &minji, body()).await }
    });
    let replies = replies.await;
    assert_eq!(count(&replies, 201), 20);
    let full = replies.iter().filter(|reply| reply.code() == "address-book-full").count();
    assert_eq!(full, 10);
    // Another user's book is another one.
    add(&app, &sign_up(&app, "jiho").await, body()).await.expect(201);
}
