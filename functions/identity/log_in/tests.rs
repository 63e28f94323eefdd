use std::sync::Arc;

use kernel::Span;
use local::{Fault, FaultKind};
use serde_json::json;
use store::Table;

use crate::tests::fixture::{
    PASSWORD, Person, at_once, cookie, count, log_in, log_in_event, refresh, sign_up, start,
};

const PATH: &str = "/v1/sessions";

/// `Basic` and the base64 of what follows each.
const BASIC_BY_EMAIL: &str = "Basic bWluamlAZXhhbXBsZS5jb206Y29ycmVjdDFob3JzZQ==";
const BASIC_TWO_COLONS: &str = "Basic bWluamlAZXhhbXBsZS5jb206Y29ycmVjdDFob3JzZTp4";
const BASIC_NO_COLON: &str = "Basic bWluamlAZXhhbXBsZS5jb20=";

#[tokio::test]
async fn lets_in_by_e_mail_phone_and_basic_header() {
    let app = start().await;
    let body =
        json!({ "email": "minji@example.com", "phone": "01012345678", "password": PASSWORD });
    let id = app.post("/v1/users").json(body).send().await.expect(201).json()["user"]["id"].clone();
    for request in [
        app.post(PATH).json(json!({ "email": "Minji@Example.com", "password": PASSWORD })),
        app.post(PATH).json(json!({ "phone": "010-1234-5678", "password": PASSWORD })),
        app.post(PATH).header("authorization", BASIC_BY_EMAIL),
    ] {
        let reply = request.send().await.expect(201);
        assert_eq!(reply.header("location"), Some("/v1/sessions/current"));
        let json = reply.json();
        assert_eq!(json["user"]["id"], id);
        app.get("/v1/me").bearer(json["accessToken"].as_str().unwrap()).send().await.expect(200);
    }
}

#[tokio::test]
async fn wrong_credentials_are_all_answered_alike() {
    let app = start().await;
    sign_up(&app, "minji").await;
    let mut answers = Vec::new();
    for request in [
        app.post(PATH).json(json!({ "email": "minji@example.com", "password": "wrong1password" })),
        app.post(PATH).json(json!({ "email": "nobody@example.com", "password": PASSWORD })),
        app.post(PATH).json(json!({ "phone": "01012345678", "password": PASSWORD })),
        app.post(PATH).json(json!({ "email": "minji@example.com", "password": "" })),
        app.post(PATH).header("authorization", BASIC_NO_COLON),
        app.post(PATH).header("authorization", BASIC_TWO_COLONS),
        app.post(PATH).header("authorization", "Basic"),
        app.post(PATH).header("authorization", "Basic %%%"),
        app.post(PATH)
            .header("authorization", "Digest bWluamlAZXhhbXBsZS5jb206Y29ycmVjdDFob3JzZQ=="),
    ] {
        let json = request.send().await.expect_problem(401, "wrong-credentials").json();
        answers.push((json["title"].clone(), json["detail"].clone(), json.get("errors").cloned()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let bearer = app.post(PATH).bearer("x").json(json!({})).send().await;
    bearer.expect_problem(401, "token-invalid");
}

#[tokio::test]
async fn malformed_requests_are_400() {
    let app = start().await;
    for body in [
        json!({}),
        json!({ "email": "minji@example.com" }),
        json!({ "password": PASSWORD }),
        json!({ "email": "minji", "password": PASSWORD }),
        json!({ "email": "minji@example.com", "phone": "01012345678", "password": PASSWORD }),
        json!({ "email": "minji@example.com", "password": null }),
        json!({ "email": "minji@example.com", "password": 12_345_678 }),
        json!({ "email": "minji@example.com", "password": PASSWORD, "remember": true }),
    ] {
        app.post(PATH).json(body).send().await.expect_problem(400, "invalid-request");
    }
    let both = app.post(PATH).header("authorization", BASIC_BY_EMAIL).json(json!({}));
    both.send().await.expect_problem(400, "invalid-request");
    app.post(PATH).send().await.expect_problem(400, "unsupported-content-type");
}

#[tokio::test]
async fn five_failures_lock_until_the_window_ends() {
    let app = start().await;
    sign_up(&app, "minji").await;
    for _ in 0..5 {
        log_in(&app, "minji", "wrong1password").await.expect_problem(401, "wrong-credentials");
        app.advance(Span::minutes(1)).await;
    }
    // Even the right password, and at the same address anybody's.
    for name in ["minji", "nobody"] {
        let reply = log_in(&app, name, PASSWORD).await;
        let reply = reply.expect_problem(429, "too-many-login-failures");
        assert_eq!(reply.header("retry-after"), Some("600"));
    }
    app.advance(Span::minutes(10)).await;
    log_in(&app, "minji", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn an_account_is_locked_for_every_address_and_an_address_for_every_account() {
    let app = start().await;
    sign_up(&app, "minji").await;
    sign_up(&app, "jiho").await;
    let try_from = async |address: &str, name: &str, password: &str| {
        let event = log_in_event(address, &format!("{name}@example.com"), password);
        app.invoke("identity-log-in", event).await.unwrap()["statusCode"].as_u64().unwrap()
    };
    for host in 1..=5 {
        assert_eq!(try_from(&format!("192.0.2.{host}"), "minji", "wrong1password").await, 401);
    }
    assert_eq!(try_from("192.0.2.6", "minji", PASSWORD).await, 429);
    assert_eq!(try_from("192.0.2.6", "jiho", PASSWORD).await, 201);
    for host in 1..=5 {
        let address = format!("2001:db8::{host}");
        assert_eq!(try_from(&address, &format!("nobody{host}"), "wrong1password").await, 401);
    }
    assert_eq!(try_from("2001:db8::6", "jiho", PASSWORD).await, 429);
    assert_eq!(try_from("2001:db8:1::6", "jiho", PASSWORD).await, 201);
}

#[tokio::test]
async fn an_unknown_name_is_locked_like_a_known_one() {
    let app = start().await;
    for host in 1..=6 {
        let event =
            log_in_event(&format!("192.0.2.{host}"), "nobody@example.com", "wrong1password");
        let status = app.invoke("identity-log-in", event).await.unwrap()["statusCode"].clone();
        assert_eq!(status, if host <= 5 { 401 } else { 429 });
    }
    let rows = format!("{:?}", app.rows().await);
    assert!(!rows.contains("nobody@"), "a stranger's e-mail is not kept");
}

#[tokio::test]
async fn an_unknown_name_costs_the_calls_of_a_known_one() {
    let mut costs = Vec::new();
    for name in ["minji", "nobody"] {
        let app = start().await;
        sign_up(&app, "minji").await;
        log_in(&app, name, "wrong1password").await.expect(401);
        let line = app.log_lines().pop().unwrap();
        assert_eq!(line["function"], "identity-log-in");
        costs.push(line["dataCalls"].clone());
    }
    assert_eq!(costs[0], costs[1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_five_wrong_guesses_however_parallel() {
    let app = start().await;
    sign_up(&app, "minji").await;
    let replies = at_once(20, |_| {
        let app = Arc::clone(&app);
        async move { log_in(&app, "minji", "wrong1password").await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 401), count(&replies, 429)), (5, 15));
    log_in(&app, "minji", PASSWORD).await.expect(429);
}

#[tokio::test]
async fn successes_count_for_nothing() {
    let app = start().await;
    sign_up(&app, "minji").await;
    for _ in 0..7 {
        log_in(&app, "minji", PASSWORD).await.expect(201);
    }
    for _ in 0..4 {
        log_in(&app, "minji", "wrong1password").await.expect(401);
        log_in(&app, "minji", PASSWORD).await.expect(201);
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_table_is_not_told() {
    let app = start().await;
    sign_up(&app, "minji").await;
    let lost = Fault::next("dynamodb:TransactWriteItems", FaultKind::TimeoutAfter);
    app.cloud.faults().push(lost.on(Table::Session));
    let person = Person::of(&log_in(&app, "minji", PASSWORD).await.expect(201).json());
    assert_eq!(app.cloud.faults().injected().len(), 1);
    refresh(&app, &person.refresh).await.expect(200);
}

#[tokio::test]
async fn cookies_carry_the_tokens_when_asked() {
    let app = start().await;
    sign_up(&app, "minji").await;
    let asked =
        app.post(PATH).header("authorization", BASIC_BY_EMAIL).header("x-token-delivery", "cookie");
    let reply = asked.send().await.expect(201);
    assert!(cookie(&reply, "__Secure-jangteo-refresh").is_some());
    assert_eq!(reply.json().get("refreshToken"), None);
}
