use serde_json::json;

use crate::tests::fixture::{auction, column, start, token, walk};

#[tokio::test]
async fn watching_twice_is_watching_once() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    let path = format!("/v1/me/watches/{id}");
    for _ in 0..2 {
        let reply = app.put(&path).bearer(&token(&app, &minji)).send().await.expect(204);
        assert_eq!(reply.text(), "");
    }
    let watched = walk(&app, "/v1/me/watches", 10, Some(&minji)).await;
    assert_eq!(column(&watched, "id"), [&*id]);
}

#[tokio::test]
async fn what_cannot_be_watched() {
    let app = start().await;
    let minji = app.signed_in("minji");
    let put = |id: &str| app.put(&format!("/v1/me/watches/{id}"));
    let nowhere = "01938f3c-7e2a-7000-8000-000000000001";
    let reply = put(nowhere).bearer(&minji.token).send().await;
    reply.expect_problem(404, "auction-not-found");
    put("x").bearer(&minji.token).send().await.expect_problem(400, "invalid-request");
    put(nowhere).send().await.expect_problem(401, "unauthenticated");
    assert!(walk(&app, "/v1/me/watches", 10, Some(&minji)).await.is_empty());
}
