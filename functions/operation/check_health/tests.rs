use testkit::TestApp;

use crate::FUNCTIONS;

#[tokio::test]
async fn a_service_whose_tables_answer_is_healthy() {
    let app = TestApp::start(FUNCTIONS).await;
    let health = app.get("/v1/health").send().await.expect(200).json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["checks"]["table"], "ok");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn a_service_without_its_table_asks_to_come_again() {
    // No such tables: the call is refused, which must not read as our own fault.
    let app = TestApp::start_with(FUNCTIONS, |_| {}).await;
    let elsewhere = elsewhere(&app);
    let request = http::Request::get("/v1/health").body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(elsewhere, request).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert!(answer.headers().contains_key("retry-after"));
    app.expect_failures();
}

/// The health route of a stack whose tables are missing.
fn elsewhere(app: &TestApp) -> axum::Router {
    let mut config = app.app.config.clone();
    config.table_prefix = "elsewhere-".to_owned();
    let parts = platform::Parts {
        config,
        sdk: app.cloud.sdk_config(),
        clock: app.app.clock.clone(),
        entropy: app.app.entropy.clone(),
        log: app.app.log.clone(),
    };
    let broken = platform::App::new(parts).unwrap();
    platform::http::router(&super::FUNCTION, broken)
}
