use serde_json::json;

use crate::tests::fixture::{auction, column, start, token, walk};

#[tokio::test]
async fn it_leaves_the_list_of_this_user_alone() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let path = format!("/v1/me/watches/{id}");
    for who in [&minji, &juno] {
        app.put(&path).bearer(&token(&app, who)).send().await.expect(204);
    }
    for _ in 0..2 {
        app.delete(&path).bearer(&token(&app, &minji)).send().await.expect(204);
    }
    assert!(walk(&app, "/v1/me/watches", 10, Some(&minji)).await.is_empty());
    let left = walk(&app, "/v1/me/watches", 10, Some(&juno)).await;
    assert_eq!(column(&left, "id"), [&*id]);
}

#[tokio::test]
async fn what_was_never_watched_stays_so() {
    let app = start().await;
    let minji = app.signed_in("minji");
    let path = "/v1/me/watches/01938f3c-7e2a-7000-8000-000000000001";
    app.delete(path).bearer(&minji.token).send().await.expect(204);
    app.delete(path).send().await.expect_problem(401, "unauthenticated");
    let malformed = app.delete("/v1/me/watches/x").bearer(&minji.token).send().await;
    malformed.expect_problem(400, "invalid-request");
}
