use crate::tests::fixture::{sign_up, start};

#[tokio::test]
async fn a_user_who_is_not_blocked_stays_so() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    let unknown = "01938f3c-7e2a-7000-8000-000000000001";
    for id in [&jiho.id, &minji.id, unknown] {
        let path = format!("/v1/me/blocks/{id}");
        app.delete(&path).bearer(&minji.access).send().await.expect(204);
        app.delete(&path).send().await.expect_problem(401, "unauthenticated");
    }
    let bad = app.delete("/v1/me/blocks/x").bearer(&minji.access).send().await;
    bad.expect_problem(400, "invalid-request");
}
