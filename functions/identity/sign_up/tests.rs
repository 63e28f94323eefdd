use std::sync::Arc;

use local::{Fault, FaultKind};
use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::{PASSWORD, at_once, cookie, count, log_in, sign_up, start};

fn body(changes: Value) -> Value {
    let mut body = json!({ "email": "minji@example.com", "password": PASSWORD });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn creates_an_account_and_signs_it_in() {
    let app = start().await;
    let full = body(
        json!({ "email": "MinJi@Example.com", "phone": "010-1234-5678", "nickname": " 민지 " }),
    );
    let reply = app.post("/v1/users").json(full).send().await.expect(201);
    let json = reply.json();
    let id = json["user"]["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), Some(&*format!("/v1/users/{id}")));
    assert_eq!(
        json["user"],
        json!({
            "id": id, "email": "minji@example.com", "phone": "01012345678", "nickname": "민지",
            "roles": ["user"], "createdAt": "2026-11-21T00:00:00.000Z", "version": 1,
        })
    );
    assert_eq!((&json["tokenType"], &json["expiresIn"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(reply.headers().get("set-cookie"), None);
    let me =
        app.get("/v1/me").bearer(json["accessToken"].as_str().unwrap()).send().await.expect(200);
    assert_eq!(me.json(), json["user"]);
    assert_eq!(app.rows().await.outbox_waiting(), ["UserSignedUp"]);
    let contact = app.store().user_contact(id.parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(contact.phone.as_deref(), Some("01012345678"));
    assert_eq!(contact.email.as_deref(), Some("minji@example.com"));
    assert_eq!(contact.nickname, "민지");
    assert!(!format!("{contact:?}").contains("010"));
}

#[tokio::test]
async fn one_of_e_mail_and_phone_is_enough_and_a_nickname_is_made() {
    let app = start().await;
    let mail =
        app.post("/v1/users").json(body(json!({ "phone": null }))).send().await.expect(201).json();
    let phone = json!({ "phone": "01012345678", "password": PASSWORD });
    let phone = app.post("/v1/users").json(phone).send().await.expect(201).json();
    assert_eq!((&mail["user"]["phone"], &phone["user"]["email"]), (&Value::Null, &Value::Null));
    for user in [&mail["user"], &phone["user"]] {
        let nickname = user["nickname"].as_str().unwrap();
        let (words, number) = nickname.split_once('_').unwrap();
        assert!(words.contains(' ') && number.len() == 8 && nickname.chars().count() <= 20);
    }
}

#[tokio::test]
async fn a_name_in_any_spelling_is_given_once_and_a_refusal_leaves_nothing() {
    let app = start().await;
    let first = body(json!({ "phone": "01012345678", "nickname": "MinJi" }));
    app.post("/v1/users").json(first).send().await.expect(201);
    let before = app.rows().await;
    for (changes, code) in [
        (json!({ "email": "MINJI@example.COM", "phone": "01099999999" }), "email-taken"),
        (json!({ "email": "other@example.com", "phone": "010 1234 5678" }), "phone-taken"),
        (json!({ "email": "other@example.com", "nickname": "minji" }), "nickname-taken"),
        (json!({ "phone": "01012345678", "nickname": "minji" }), "email-taken"),
    ] {
        let reply = app.post("/v1/users").json(body(changes)).send().await;
        reply.expect_problem(409, code);
    }
    let after = app.rows().await;
    for table in [Table::Identity, Table::Session, Table::Outbox] {
        assert_eq!(after.table(table).len(), before.table(table).len());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_at_once_with_one_e_mail_one_succeeds() {
    let app = start().await;
    let replies = at_once(32, |_| {
        let app = Arc::clone(&app);
        async move { app.post("/v1/users").json(body(json!({}))).send().await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 31));
    assert!(replies.iter().all(|reply| reply.status() == 201 || reply.code() == "email-taken"));
    assert_eq!(app.rows().await.under(Table::Identity, "email#").len(), 1);
    assert_eq!(app.rows().await.under(Table::Identity, "nickname#").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_with_one_phone_or_nickname_one_succeeds() {
    for (name, value) in [("phone", "01012345678"), ("nickname", "민지")] {
        let app = start().await;
        let replies = at_once(8, |number| {
            let app = Arc::clone(&app);
            let mut body = body(json!({ "email": format!("m{number}@example.com") }));
            body[name] = json!(value);
            async move { app.post("/v1/users").json(body).send().await }
        });
        let replies = replies.await;
        assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 7), "{name}");
        assert_eq!(app.rows().await.under(Table::Identity, "email#").len(), 1);
    }
}

#[tokio::test]
async fn a_lost_answer_or_a_busy_item_of_the_table_is_not_told() {
    for what in [FaultKind::TimeoutAfter, FaultKind::TimeoutBefore, FaultKind::Conflict] {
        let app = start().await;
        for nth in 1..=2 {
            app.cloud.faults().push(Fault::next("dynamodb:TransactWriteItems", what).nth(nth));
        }
        app.post("/v1/users").json(body(json!({}))).send().await.expect(201);
        assert_eq!(app.cloud.faults().injected().len(), 2, "{what:?}");
        log_in(&app, "minji", PASSWORD).await.expect(201);
        assert_eq!(app.rows().await.outbox_waiting(), ["UserSignedUp"]);
    }
}

#[tokio::test]
async fn invalid_fields_are_named() {
    let app = start().await;
    let long = "a".repeat(300);
    for (changes, pointer, code) in [
        (json!({ "email": null }), "/email", "required"),
        (json!({ "email": "" }), "/email", "invalid"),
        (json!({ "email": " " }), "/email", "invalid"),
        (json!({ "email": "minji" }), "/email", "invalid"),
        (json!({ "email": "민지@example.com" }), "/email", "invalid"),
        (json!({ "email": format!("{long}@example.com") }), "/email", "invalid"),
        (json!({ "email": "a\u{0}@example.com" }), "/email", "invalid"),
        (json!({ "email": 1 }), "/email", "wrong-type"),
        (json!({ "phone": "02-123-4567" }), "/phone", "invalid"),
        (json!({ "phone": "０１０12345678" }), "/phone", "invalid"),
        (json!({ "phone": 1_012_345_678 }), "/phone", "wrong-type"),
        (json!({ "password": "short1" }), "/password", "invalid"),
        (json!({ "password": "nodigitsatall" }), "/password", "invalid"),
        (json!({ "password": "1234567890" }), "/password", "invalid"),
        (json!({ "password": long }), "/password", "invalid"),
        (json!({ "password": null }), "/password", "wrong-type"),
        (json!({ "nickname": "" }), "/nickname", "invalid"),
        (json!({ "nickname": "  " }), "/nickname", "invalid"),
        (json!({ "nickname": "가".repeat(21) }), "/nickname", "invalid"),
        (json!({ "nickname": "a\u{202e}b" }), "/nickname", "invalid"),
        (json!({ "nickname": ["민지"] }), "/nickname", "wrong-type"),
        (json!({ "roles": ["admin"] }), "/roles", "unknown-field"),
        (json!({ "id": "01938f3c-7e2a-7000-8000-000000000001" }), "/id", "unknown-field"),
    ] {
        let reply = app.post("/v1/users").json(body(changes.clone())).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        let error = &reply.json()["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{changes}"
        );
    }
    let no_password = app.post("/v1/users").json(json!({ "email": "a@example.com" })).send().await;
    let error = &no_password.expect_problem(400, "invalid-request").json()["errors"][0];
    assert_eq!(error["pointer"], "/password");
    assert!(app.rows().await.table(Table::Identity).is_empty());
}

#[tokio::test]
async fn what_is_no_json_request_is_refused() {
    let app = start().await;
    let json = |body: &str| {
        app.post("/v1/users").header("content-type", "application/json").body(body.to_owned())
    };
    json("").send().await.expect_problem(400, "malformed-json");
    json("{\"email\":").send().await.expect_problem(400, "malformed-json");
    json("[]").send().await.expect_problem(400, "invalid-request");
    json("{}").send().await.expect_problem(400, "invalid-request");
    json(&"x".repeat(256 * 1024 + 1)).send().await.expect_problem(400, "body-too-large");
    let form = app.post("/v1/users").header("content-type", "text/plain").body("email=a");
    form.send().await.expect_problem(400, "unsupported-content-type");
    let odd =
        app.post("/v1/users").header("x-token-delivery", "carrier-pigeon").json(body(json!({})));
    odd.send().await.expect_problem(400, "invalid-request");
}

#[tokio::test]
async fn cookies_carry_the_tokens_when_asked() {
    let app = start().await;
    let asked = app.post("/v1/users").header("x-token-delivery", "cookie").json(body(json!({})));
    let reply = asked.send().await.expect(201);
    assert_eq!((reply.json().get("accessToken"), reply.json().get("refreshToken")), (None, None));
    let (access, how) = cookie(&reply, "__Host-jangteo-access").unwrap();
    assert_eq!(how, "Path=/; HttpOnly; Max-Age=900; Secure; SameSite=Strict");
    let (_, how) = cookie(&reply, "__Secure-jangteo-refresh").unwrap();
    assert_eq!(how, "Path=/v1/sessions; HttpOnly; Max-Age=1209600; Secure; SameSite=Strict");
    let (csrf, how) = cookie(&reply, "__Host-jangteo-csrf").unwrap();
    assert_eq!(how, "Path=/; Max-Age=1209600; Secure; SameSite=Strict");
    assert_eq!(reply.json()["csrfToken"], csrf);

    let cookies = format!("a=b; __Host-jangteo-access={access}");
    app.get("/v1/me").header("cookie", &cookies).send().await.expect(200);
    let edit =
        || app.patch("/v1/me").header("cookie", &cookies).json(json!({ "nickname": "수달" }));
    edit().send().await.expect_problem(403, "csrf-required");
    edit().header("x-csrf-token", "0000").send().await.expect_problem(403, "csrf-required");
    edit().header("x-csrf-token", &csrf).send().await.expect(200);
}

#[tokio::test]
async fn secrets_are_neither_stored_nor_logged_nor_echoed() {
    let app = start().await;
    let person = sign_up(&app, "minji").await;
    log_in(&app, "minji", "wr0ngguess77").await.expect(401);
    let mut echoes = String::new();
    for secret in [json!("s3cr"), json!(73_313_370_001_i64), json!(["s3cr3tlist"])] {
        let reply = app.post("/v1/users").json(body(json!({ "password": secret }))).send().await;
        echoes.push_str(&reply.expect(400).text());
    }
    let logs = serde_json::to_string(&app.log_lines()).unwrap();
    let rows = format!("{:?}", app.rows().await);
    for secret in [PASSWORD, "wr0ngguess77", "s3cr", "73313370001", &person.access, &person.refresh]
    {
        assert!(
            !logs.contains(secret) && !rows.contains(secret) && !echoes.contains(secret),
            "{secret}"
        );
    }
    assert!(!logs.contains("minji"), "e-mails and nicknames stay out of logs");
    assert!(rows.contains("$argon2id$v=19$m=19456,t=2,p=1$"));
}

/// Regression: opening accounts (a hash and a welcome mail each) had no limit.
#[tokio::test]
async fn a_network_opens_a_hundred_accounts_in_15_minutes_and_no_more() {
    let app = start().await;
    for _ in 0..domain::identity::policy::SIGN_UPS_MAX {
        app.post("/v1/users").json(json!({ "password": "x" })).send().await;
    }
    // What does not parse never gets that far: only real attempts count.
    let account = |n: u32| json!({ "email": format!("u{n}@example.com"), "password": "short" });
    app.post("/v1/users").json(account(0)).send().await.expect(400);
    for _ in 0..domain::identity::policy::SIGN_UPS_MAX {
        let body =
            json!({ "email": "one@example.com", "password": crate::tests::fixture::PASSWORD });
        let status = app.post("/v1/users").json(body).send().await.status();
        assert!(status == 201 || status == 409, "{status}");
    }
    let body = json!({ "email": "more@example.com", "password": crate::tests::fixture::PASSWORD });
    let reply = app.post("/v1/users").json(body.clone()).send().await;
    let reply = reply.expect_problem(429, "too-many-requests");
    assert!(reply.header("retry-after").is_some());
    app.clock.advance(kernel::Span::minutes(15));
    app.post("/v1/users").json(body).send().await.expect(201);
}
