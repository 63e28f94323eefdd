//! Every error of the framework itself is a problem document, on every route it can happen on.

use platform::{Access, Http, Method};
use serde_json::{Value, json};
use testkit::{Reply, RequestBuilder, TestApp};

use crate::support::{NO_ID, filled, needed, openapi, operation, request, routes};

/// Security headers that every answer carries.
const HEADERS: &[&str] = &[
    "x-request-id",
    "x-content-type-options",
    "referrer-policy",
    "x-frame-options",
    "strict-transport-security",
    "content-security-policy",
    "cache-control",
];

/// Fails unless `reply` is this problem, whole and consistent.
#[track_caller]
fn assert_problem(reply: &Reply, status: u16, code: &str, path: &str) {
    let body = reply.json();
    assert_eq!((reply.status(), reply.code().as_str()), (status, code), "{path}: {body}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
    assert_eq!(body["type"], format!("/problems/{code}"));
    assert_eq!(body["status"], status);
    assert_eq!(body["instance"], path.split('?').next().unwrap());
    assert_eq!(body["requestId"].as_str(), reply.header("x-request-id"));
    for member in ["title", "detail", "timestamp"] {
        assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{path}: {member}");
    }
    for header in HEADERS {
        assert!(reply.header(header).is_some(), "{path}: no {header}");
    }
}

/// A request that the access rule of the route lets through.
fn admitted(app: &TestApp, http: &Http, path: &str) -> RequestBuilder {
    let request = request(app, http.method, path);
    match http.access {
        Access::Public => request,
        Access::User => request.bearer(&app.signed_in("somebody").token),
        Access::Role(role) => request.bearer(&app.token_with_roles(&[role]).token),
    }
}

/// Routes that read a JSON body.
fn with_body() -> Vec<&'static Http> {
    let document = openapi();
    let routes = routes().into_iter().map(|(_, http)| http);
    let takes = |http: &&Http| {
        let body = &operation(&document, http)["requestBody"];
        body["content"]["application/json"].is_object() && body["required"] == true
    };
    let found: Vec<_> = routes.filter(takes).collect();
    assert!(!found.is_empty());
    found
}

/// Routes whose operation has a query parameter of this name.
fn with_query(name: &str) -> Vec<&'static Http> {
    let document = openapi();
    let has = |http: &&Http| {
        let parameters = operation(&document, http)["parameters"].as_array().cloned();
        let mut parameters = parameters.unwrap_or_default().into_iter();
        parameters.any(|parameter| parameter["in"] == "query" && parameter["name"] == name)
    };
    let found: Vec<_> = routes().into_iter().map(|(_, http)| http).filter(has).collect();
    assert!(!found.is_empty());
    found
}

#[tokio::test]
async fn a_body_that_is_not_json() {
    let app = TestApp::start(&registry::functions()).await;
    for http in with_body() {
        let path = filled(http.path, NO_ID);
        for body in ["{", "", "{\"a\":1}}", "\u{0}"] {
            let request = admitted(&app, http, &path).key("k");
            let request = request.header("content-type", "application/json").body(body.to_owned());
            assert_problem(&request.send().await, 400, "malformed-json", &path);
        }
    }
}

#[tokio::test]
async fn a_body_of_another_type() {
    let app = TestApp::start(&registry::functions()).await;
    for http in with_body() {
        let path = filled(http.path, NO_ID);
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            let request = admitted(&app, http, &path).key("k").header("content-type", kind);
            let reply = request.body("{}").send().await;
            assert_problem(&reply, 400, "unsupported-content-type", &path);
        }
        let reply = admitted(&app, http, &path).key("k").body("{}").send().await;
        assert_problem(&reply, 400, "unsupported-content-type", &path);
    }
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_points_at_the_fault() {
    let app = TestApp::start(&registry::functions()).await;
    // Providers add fields to their notices as they like.
    let ours = |http: &&Http| !http.path.starts_with("/v1/webhooks/");
    for http in with_body().into_iter().filter(ours) {
        let path = filled(http.path, NO_ID);
        let surprise = json!({ "surprise": 1 });
        let reply = admitted(&app, http, &path).key("k").json(surprise).send().await;
        assert_problem(&reply, 400, "invalid-request", &path);
        assert_eq!(reply.json()["errors"][0]["pointer"], "/surprise", "{path}");
        assert_eq!(reply.json()["errors"][0]["code"], "unknown-field", "{path}");

        let reply = admitted(&app, http, &path).key("k").json(json!("text")).send().await;
        assert_problem(&reply, 400, "invalid-request", &path);
        assert_eq!(reply.json()["errors"][0]["code"], "wrong-type", "{path}");
    }
}

#[tokio::test]
async fn a_list_is_not_read_as_the_fields_of_an_object() {
    let app = TestApp::start(&registry::functions()).await;
    for http in with_body() {
        let path = filled(http.path, NO_ID);
        for body in ["[]", " \n[null, null]"] {
            let request = admitted(&app, http, &path).key("k");
            let request = request.header("content-type", "application/json").body(body);
            let reply = request.send().await;
            assert_problem(&reply, 400, "invalid-request", &path);
            assert_eq!(reply.json()["errors"][0]["code"], "wrong-type", "{path}: {body}");
        }
    }
}

#[tokio::test]
async fn a_body_over_256_kb() {
    let app = TestApp::start(&registry::functions()).await;
    let body = format!("\"{}\"", "a".repeat(256 * 1024));
    for http in with_body() {
        let path = filled(http.path, NO_ID);
        let request = admitted(&app, http, &path).key("k");
        let request = request.header("content-type", "application/json").body(body.clone());
        assert_problem(&request.send().await, 400, "body-too-large", &path);
    }
}

#[tokio::test]
async fn an_id_that_is_none() {
    let app = TestApp::start(&registry::functions()).await;
    for (_, http) in routes().into_iter().filter(|(_, http)| http.path.contains("Id}")) {
        for id in ["1", "nothing", "019aa3a17b007cc08d5a3f0f6a6d9c11", "%00"] {
            let path = filled(http.path, id);
            let mut request = admitted(&app, http, &path);
            if http.method != Method::Get {
                request = request.key("k").json(json!({}));
            }
            assert_problem(&request.send().await, 400, "invalid-request", &path);
        }
    }
}

#[tokio::test]
async fn a_list_refuses_what_it_does_not_understand() {
    let app = TestApp::start(&registry::functions()).await;
    for http in with_query("cursor") {
        for (query, code) in [
            ("limit=0", "invalid-request"),
            ("limit=101", "invalid-request"),
            ("limit=1.0", "invalid-request"),
            ("limit=many", "invalid-request"),
            ("surprise=1", "invalid-request"),
            ("cursor=forged", "invalid-cursor"),
            ("cursor=", "invalid-cursor"),
        ] {
            let path = format!("{}?{}{query}", filled(http.path, NO_ID), needed(http.path));
            let reply = admitted(&app, http, &path).send().await;
            assert_problem(&reply, 400, code, &path);
        }
    }
}

#[tokio::test]
async fn a_missing_or_odd_idempotency_key() {
    use platform::IdempotencyRule::{Natural, Required};
    let app = TestApp::start(&registry::functions()).await;
    for (_, http) in routes().into_iter().filter(|(_, http)| http.idempotency != Natural) {
        let path = filled(http.path, NO_ID);
        let ask = || admitted(&app, http, &path).json(json!({}));
        if http.idempotency == Required {
            let reply = ask().send().await;
            assert_problem(&reply, 400, "idempotency-key-required", &path);
        }
        for key in ["", "with space", &"k".repeat(65)] {
            let reply = ask().key(key).send().await;
            assert_problem(&reply, 400, "idempotency-key-invalid", &path);
        }
    }
}

#[tokio::test]
async fn an_unknown_path() {
    let app = TestApp::start(&registry::functions()).await;
    for path in ["/", "/v1", "/v1/nothing", "/v2/auctions", "/v1/auctions/", "/../etc/passwd"] {
        assert_problem(&app.get(path).send().await, 404, "route-not-found", path);
        let reply = app.post(path).json(json!({})).send().await;
        assert_problem(&reply, 404, "route-not-found", path);
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start(&registry::functions()).await;
    let document = openapi();
    for (_, http) in routes() {
        let path = filled(http.path, NO_ID);
        let known = &document["paths"][http.path];
        for method in [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete] {
            if !known[method.as_str().to_lowercase()].is_null() {
                continue;
            }
            let reply = request(&app, method, &path).send().await;
            assert_problem(&reply, 405, "method-not-allowed", &path);
            let allowed = reply.header("allow").unwrap_or_default();
            assert!(allowed.contains(http.method.as_str()), "{path}: Allow is {allowed:?}");
        }
    }
}

#[tokio::test]
async fn titles_follow_the_readers_language() {
    let app = TestApp::start(&registry::functions()).await;
    for (languages, title) in [
        ("ko-KR,ko;q=0.9,en;q=0.8", "존재하지 않는 경로입니다"),
        ("en-US,ko;q=0.5", "There is nothing at this path"),
        ("fr", "There is nothing at this path"),
    ] {
        let reply = app.get("/v1/nothing").header("accept-language", languages).send().await;
        assert_eq!(reply.json()["title"], Value::from(title), "{languages}");
    }
}

#[tokio::test]
async fn f27_a_query_parameter_that_a_route_does_not_know_is_refused_on_every_route() {
    let app = TestApp::start(&registry::functions()).await;
    for (_, http) in routes() {
        // A provider may call its webhook with whatever it likes.
        if http.path == platform::FALLBACK_PATH || http.path.starts_with("/v1/webhooks/") {
            continue;
        }
        let path = format!("{}?surprise=1&other=%00", filled(http.path, NO_ID));
        let mut request = admitted(&app, http, &path).key("k");
        if !matches!(http.method, Method::Get | Method::Delete) {
            request = request.json(json!({}));
        }
        let reply = request.send().await;
        assert_problem(&reply, 400, "invalid-request", &path);
        assert_eq!(reply.json()["errors"][0]["pointer"], "query/surprise", "{path}");
        assert_eq!(reply.json()["errors"][0]["code"], "unknown-field", "{path}");
    }
}

#[tokio::test]
async fn f27_an_id_in_capitals_is_the_same_id_on_every_route() {
    let app = TestApp::start(&registry::functions()).await;
    let capitals = NO_ID.to_uppercase();
    assert_ne!(capitals, NO_ID);
    for (_, http) in routes().into_iter().filter(|(_, http)| http.path.contains("Id}")) {
        let codes: Vec<String> = {
            let mut codes = Vec::new();
            for id in [NO_ID, &capitals] {
                let path = filled(http.path, id);
                let request = admitted(&app, http, &path).key(&format!("k-{id}"));
                let reply = match http.method {
                    Method::Get | Method::Delete => request.send().await,
                    _ => request.json(json!({})).send().await,
                };
                let body = reply.text();
                assert!(!body.contains("must be a UUID"), "{path}: {body}");
                codes.push(format!("{} {}", reply.status(), reply.code()));
            }
            codes
        };
        assert_eq!(codes[0], codes[1], "{}", http.path);
    }
}

/// Names of Rust types, and what serde says of them.
const INTERNAL: &[&str] = &["struct ", "enum ", "::", "tuple ", "newtype ", "unit variant"];

#[tokio::test]
async fn f27_no_body_route_names_a_type_of_ours() {
    let app = TestApp::start(&registry::functions()).await;
    let document = openapi();
    for http in with_body() {
        let path = filled(http.path, NO_ID);
        let mut bodies =
            vec![json!(7), json!("text"), json!(null), json!([]), json!(true), json!({})];
        for name in field_names(&document, http) {
            for value in [json!(7), json!("§"), json!(null), json!([]), json!({}), json!(-1.5)] {
                bodies.push(json!({ name.clone(): value }));
            }
        }
        for body in bodies {
            let reply = admitted(&app, http, &path).key("k").json(body.clone()).send().await;
            if reply.status() < 400 {
                continue;
            }
            assert!(reply.status() < 500, "{path} {body}: {}", reply.text());
            let errors = reply.json()["errors"].as_array().cloned().unwrap_or_default();
            for error in errors {
                let detail = error["detail"].as_str().unwrap();
                let named = INTERNAL.iter().find(|word| detail.contains(**word));
                assert_eq!(named, None, "{path} {body}: {detail}");
            }
        }
    }
}

/// The members of a route's body.
fn field_names(document: &Value, http: &Http) -> Vec<String> {
    let schema = &operation(document, http)["requestBody"]["content"]["application/json"]["schema"];
    let named = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
    let schema = named.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema);
    let members = schema["properties"].as_object().cloned().unwrap_or_default();
    members.into_iter().map(|(name, _)| name).collect()
}
