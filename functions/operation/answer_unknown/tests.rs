use testkit::TestApp;

use super::{fits, methods_of, routes_of};
use crate::FUNCTIONS;

#[tokio::test]
async fn an_unknown_path_is_not_found_in_the_readers_language() {
    let app = TestApp::start(FUNCTIONS).await;
    let reply = app.get("/v1/nothing").header("accept-language", "ko").send().await;
    let problem = reply.expect_problem(404, "route-not-found").json();
    assert_eq!(problem["title"], "존재하지 않는 경로입니다");
    assert_eq!(problem["instance"], "/v1/nothing");
}

#[tokio::test]
async fn a_known_path_names_the_methods_it_answers() {
    let app = TestApp::start(FUNCTIONS).await;
    // As API Gateway calls it: the gateway has no route for this method.
    let payload = include_str!("../../../events/operation-answer-unknown/wrong_method.json");
    let payload = serde_json::from_str(payload).unwrap();
    let answer = app.invoke("operation-answer-unknown", payload).await.unwrap();
    assert_eq!(answer["statusCode"], 405);
    assert_eq!(answer["headers"]["allow"], "GET");
}

#[test]
fn a_pattern_fits_paths_of_its_shape() {
    for (pattern, path, expected) in [
        ("/v1/health", "/v1/health", true),
        ("/v1/health", "/v1/health/", false),
        ("/v1/health", "/v1", false),
        ("/v1/auctions/{auctionId}", "/v1/auctions/7", true),
        ("/v1/auctions/{auctionId}", "/v1/auctions/", false),
        ("/v1/auctions/{auctionId}/bids", "/v1/auctions/7/bids", true),
        ("/v1/auctions/{auctionId}/bids", "/v1/auctions/7/watch", false),
    ] {
        assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
    }
}

#[test]
fn methods_of_overlapping_patterns_add_up() {
    let text = r#"{"paths":{"/a/{id}":{"get":{},"post":{}},"/a/me":{"get":{},"patch":{}}}}"#;
    let routes = routes_of(text);
    assert_eq!(methods_of(&routes, "/a/me"), ["GET", "PATCH", "POST"]);
    assert_eq!(methods_of(&routes, "/b"), Vec::<String>::new());
    assert_eq!(routes_of("not JSON"), vec![]);
}
