//! What is asked without an account, what staff did, and what no route answers.

use super::{book::Book, fixture::Stage};

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    for (outcome, path) in [
        ("200", "/v1/health"),
        ("200", "/docs"),
        ("200", "/v1/openapi.json"),
        ("200", "/.well-known/jwks.json"),
        ("404 route-not-found", "/v1/nothing"),
    ] {
        let request = stage.app.get(path);
        stage.ask(outcome, request).await;
    }
    let acts = stage.by_admin(stage.app.get("/v1/admin/staff-acts"));
    stage.ask("200", acts).await;
    let acts = stage.by_admin(stage.app.get("/v1/admin/staff-acts?cursor=x"));
    stage.ask("400 invalid-cursor", acts).await;
    stage.end()
}
