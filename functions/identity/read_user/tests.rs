use serde_json::json;

use crate::tests::fixture::{sign_up, start};

#[tokio::test]
async fn shows_nickname_and_joining_only() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let path = format!("/v1/users/{}", minji.id);
    let public = json!({ "nickname": "minji", "joinedAt": "2026-11-21T00:00:00.000Z" });
    assert_eq!(app.get(&path).send().await.expect(200).json(), public);
    assert_eq!(app.get(&path).bearer(&minji.access).send().await.expect(200).json(), public);
}

#[tokio::test]
async fn unknown_ids_are_404_and_no_ids_400() {
    let app = start().await;
    let unknown = "01938f3c-7e2a-7000-8000-000000000001";
    for unknown in [unknown.to_owned(), unknown.to_uppercase()] {
        let reply = app.get(&format!("/v1/users/{unknown}")).send().await;
        reply.expect_problem(404, "user-not-found");
    }
    for bad in ["1", "me", "%00", "a%2Fb"] {
        app.get(&format!("/v1/users/{bad}")).send().await.expect_problem(400, "invalid-request");
    }
}
