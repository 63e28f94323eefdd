use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{sign_up, start};

#[tokio::test]
async fn tells_whether_and_since_when() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    let path = format!("/v1/me/blocks/{}", jiho.id);
    let read = |token: &str| app.get(&path).bearer(token).send();
    read(&minji.access).await.expect_problem(404, "block-not-found");
    app.put(&path).bearer(&minji.access).send().await.expect(204);
    app.advance(Span::minutes(1)).await;
    app.put(&path).bearer(&minji.access).send().await.expect(204);
    let block =
        json!({ "userId": jiho.id, "nickname": "jiho", "blockedAt": "2026-11-21T00:00:00.000Z" });
    assert_eq!(read(&minji.access).await.expect(200).json(), block);
    read(&jiho.access).await.expect_problem(404, "block-not-found");
    app.get(&path).send().await.expect_problem(401, "unauthenticated");
}
