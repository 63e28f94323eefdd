use std::sync::Arc;

use serde_json::json;
use store::Table;

use crate::tests::fixture::{at_once, count, create_tag, only_admins, start};

#[tokio::test]
async fn a_tag_is_kept_in_lower_case() {
    let app = start().await;
    for (name, tag, list) in [
        (" Sneaker ", "sneaker", "/v1/catalog?tag=sneaker"),
        ("러닝화", "러닝화", "/v1/catalog?tag=%EB%9F%AC%EB%8B%9D%ED%99%94"),
        ("a b&c", "a b&c", "/v1/catalog?tag=a+b%26c"),
    ] {
        let reply = create_tag(&app, name).await.expect(201);
        assert_eq!(reply.json(), json!({ "name": tag, "createdAt": app.now() }));
        assert_eq!(reply.header("location"), Some(list));
        app.get(list).send().await.expect(200);
    }
}

#[tokio::test]
async fn there_is_one_tag_of_a_name() {
    let app = start().await;
    create_tag(&app, "sneaker").await.expect(201);
    for name in ["sneaker", "SNEAKER", " sneaker "] {
        create_tag(&app, name).await.expect_problem(409, "tag-exists");
    }
    assert_eq!(app.rows().await.under(Table::Catalog, store::keys::TAGS).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_creations_one_wins() {
    let app = start().await;
    let replies = at_once(6, |_| {
        let app = Arc::clone(&app);
        async move { create_tag(&app, "sneaker").await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 5));
}

#[tokio::test]
async fn the_same_key_is_the_same_creation() {
    let app = start().await;
    let admin = app.admin();
    let send = |name: &str| {
        app.post("/v1/tags").bearer(&admin.token).key("k").json(json!({ "name": name })).send()
    };
    let first = send("sneaker").await.expect(201);
    let again = send("sneaker").await.expect(201);
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), Some("true")));
    send("boots").await.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn what_is_no_tag() {
    let app = start().await;
    for (pointer, body) in [
        ("/name", json!({ "name": "" })),
        ("/name", json!({ "name": "  " })),
        ("/name", json!({ "name": "가".repeat(21) })),
        ("/name", json!({ "name": "a/b" })),
        ("/name", json!({ "name": ".." })),
        ("/name", json!({ "name": "a\u{0}" })),
        ("/name", json!({ "name": 1 })),
        ("/name", json!({ "name": null })),
        ("/name", json!({})),
        ("/id", json!({ "name": "a", "id": 1 })),
    ] {
        let request = app.post("/v1/tags").bearer(&app.admin().token).json(body.clone());
        let reply = request.send().await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    only_admins(&app, || app.post("/v1/tags").json(json!({ "name": "sneaker" }))).await;
    assert!(app.rows().await.table(Table::Catalog).is_empty());
}
