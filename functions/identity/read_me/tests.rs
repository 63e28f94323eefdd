use crate::tests::fixture::{sign_up, start};

#[tokio::test]
async fn shows_the_callers_own_account() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    for person in [minji, jiho] {
        let reply = app.get("/v1/me").bearer(&person.access).send().await.expect(200);
        assert_eq!(reply.json()["id"], person.id);
        assert_eq!(reply.header("etag"), Some("\"1\""));
        assert_eq!(reply.json().get("passwordHash"), None);
    }
}

#[tokio::test]
async fn needs_a_good_token_and_an_account() {
    let app = start().await;
    app.get("/v1/me").send().await.expect_problem(401, "unauthenticated");
    app.get("/v1/me").bearer("a.b.c").send().await.expect_problem(401, "token-invalid");
    let ghost = app.signed_in("ghost");
    app.get("/v1/me").bearer(&ghost.token).send().await.expect_problem(404, "user-not-found");
}
