use std::sync::Arc;

use serde_json::{Value, json};
use store::Table;
use testkit::{Reply, TestApp};

use crate::tests::fixture::{PASSWORD, Person, at_once, count, log_in, refresh, sign_up, start};

/// With the current password where the change needs it.
async fn edit(app: &TestApp, person: &Person, mut body: Value) -> Reply {
    if body.get("email").or(body.get("phone")).is_some_and(|name| !name.is_null()) {
        body["currentPassword"] = json!(PASSWORD);
    }
    app.patch("/v1/me").bearer(&person.access).json(body).send().await
}

async fn is_free(app: &TestApp, query: &str) -> bool {
    app.get(&format!("/v1/users/availability?{query}")).send().await.status() == 200
}

#[tokio::test]
async fn changes_names_and_frees_the_old_ones() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let body =
        json!({ "nickname": "수달", "email": "sudal@example.com", "phone": "010-1234-5678" });
    let reply = edit(&app, &minji, body).await.expect(200);
    let json = reply.json();
    assert_eq!(reply.header("etag"), Some("\"2\""));
    assert_eq!(json["version"], 2);
    assert_eq!(json["nickname"], "수달");
    assert_eq!(
        (&json["email"], &json["phone"]),
        (&json!("sudal@example.com"), &json!("01012345678"))
    );
    assert!(
        is_free(&app, "email=minji@example.com").await && is_free(&app, "nickname=minji").await
    );
    assert!(!is_free(&app, "phone=01012345678").await);
    log_in(&app, "minji", PASSWORD).await.expect(401);
    log_in(&app, "sudal", PASSWORD).await.expect(201);
    sign_up(&app, "minji").await;
}

#[tokio::test]
async fn what_is_not_different_changes_nothing() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    for same in
        [json!({}), json!({ "nickname": "minji", "email": "MINJI@example.com", "phone": null })]
    {
        let reply = edit(&app, &minji, same).await.expect(200);
        assert_eq!((reply.header("etag"), &reply.json()["version"]), (Some("\"1\""), &json!(1)));
    }
    let spelled = edit(&app, &minji, json!({ "nickname": "MinJi" })).await.expect(200);
    assert_eq!(spelled.json()["nickname"], "MinJi");
    assert!(!is_free(&app, "nickname=minji").await);
}

#[tokio::test]
async fn a_taken_name_is_refused_and_nothing_changes() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    edit(&app, &jiho, json!({ "phone": "01012345678" })).await.expect(200);
    for (body, code) in [
        (json!({ "nickname": "JIHO" }), "nickname-taken"),
        (json!({ "email": "jiho@example.com" }), "email-taken"),
        (json!({ "phone": "01012345678", "nickname": "수달" }), "phone-taken"),
    ] {
        edit(&app, &minji, body).await.expect_problem(409, code);
    }
    assert!(is_free(&app, "nickname=%EC%88%98%EB%8B%AC").await);
    assert_eq!(edit(&app, &minji, json!({})).await.json()["version"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_racing_for_one_nickname_do_not_both_get_it() {
    let app = start().await;
    let mut people = Vec::new();
    for number in 0..8 {
        people.push(Arc::new(sign_up(&app, &format!("m{number}")).await));
    }
    let replies = at_once(8, |number| {
        let (app, person) = (Arc::clone(&app), Arc::clone(&people[number]));
        async move { edit(&app, &person, json!({ "nickname": "수달" })).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 200), count(&replies, 409)), (1, 7));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_if_match_one_of_many_edits_wins() {
    let app = start().await;
    let minji = Arc::new(sign_up(&app, "minji").await);
    let replies = at_once(6, |number| {
        let (app, minji) = (Arc::clone(&app), Arc::clone(&minji));
        let edit = json!({ "nickname": format!("n{number}") });
        async move {
            app.patch("/v1/me")
                .bearer(&minji.access)
                .header("if-match", "\"1\"")
                .json(edit)
                .send()
                .await
        }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 200), count(&replies, 412)), (1, 5));
    let stale =
        app.patch("/v1/me").bearer(&minji.access).header("if-match", "\"7\"").json(json!({}));
    stale.send().await.expect_problem(412, "stale-version");
    let odd = app.patch("/v1/me").bearer(&minji.access).header("if-match", "seven").json(json!({}));
    odd.send().await.expect_problem(400, "invalid-request");
    let any = app.patch("/v1/me").bearer(&minji.access).header("if-match", "*").json(json!({}));
    any.send().await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_if_match_every_edit_is_made_on_what_stands() {
    let app = start().await;
    let minji = Arc::new(sign_up(&app, "minji").await);
    let edits = [
        json!({ "nickname": "수달" }),
        json!({ "email": "sudal@example.com" }),
        json!({ "phone": "01012345678" }),
        json!({ "nickname": "수달" }),
    ];
    let replies = at_once(edits.len(), |number| {
        let (app, minji, body) = (Arc::clone(&app), Arc::clone(&minji), edits[number].clone());
        async move { edit(&app, &minji, body).await }
    });
    assert_eq!(count(&replies.await, 200), 4);
    let me = app.get("/v1/me").bearer(&minji.access).send().await.json();
    assert_eq!(me["version"], 4);
    assert_eq!((&me["nickname"], &me["phone"]), (&json!("수달"), &json!("01012345678")));
    assert_eq!(app.rows().await.under(Table::Identity, "nickname#").len(), 1);
    assert_eq!(app.rows().await.under(Table::Identity, "email#").len(), 1);
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let app = start().await;
    let here = sign_up(&app, "minji").await;
    let there = Person::of(&log_in(&app, "minji", PASSWORD).await.json());
    let body = json!({ "password": "brand2new2word", "currentPassword": PASSWORD });
    edit(&app, &here, body).await.expect(200);
    refresh(&app, &there.refresh).await.expect_problem(401, "refresh-token-invalid");
    refresh(&app, &here.refresh).await.expect(200);
    log_in(&app, "minji", PASSWORD).await.expect(401);
    log_in(&app, "minji", "brand2new2word").await.expect(201);
}

#[tokio::test]
async fn a_new_password_needs_the_current_one() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let new = "brand2new2word";
    for (body, pointer) in [
        (json!({ "password": new }), "/currentPassword"),
        (json!({ "currentPassword": PASSWORD }), "/password"),
        (json!({ "password": "short1", "currentPassword": PASSWORD }), "/password"),
    ] {
        let reply = edit(&app, &minji, body).await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer);
    }
    for _ in 0..5 {
        let wrong = json!({ "password": new, "currentPassword": "wrong1guess" });
        edit(&app, &minji, wrong).await.expect_problem(401, "wrong-credentials");
    }
    let right = json!({ "password": new, "currentPassword": PASSWORD });
    edit(&app, &minji, right).await.expect_problem(429, "too-many-login-failures");
}

#[tokio::test]
async fn a_session_that_was_logged_out_cannot_change_the_password() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    app.delete("/v1/sessions/current").bearer(&minji.access).send().await.expect(204);
    let body = json!({ "password": "brand2new2word", "currentPassword": PASSWORD });
    edit(&app, &minji, body).await.expect_problem(401, "token-invalid");
    log_in(&app, "minji", PASSWORD).await.expect(201);
}

#[tokio::test]
async fn invalid_fields_and_strangers_are_refused() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    for body in [
        json!({ "nickname": "" }),
        json!({ "email": "x" }),
        json!({ "phone": "x" }),
        json!({ "roles": ["admin"] }),
        json!({ "id": minji.id }),
        json!({ "version": 9 }),
    ] {
        edit(&app, &minji, body).await.expect_problem(400, "invalid-request");
    }
    app.patch("/v1/me").json(json!({})).send().await.expect_problem(401, "unauthenticated");
    let ghost = app.signed_in("ghost");
    let reply =
        app.patch("/v1/me").bearer(&ghost.token).json(json!({ "nickname": "x" })).send().await;
    reply.expect_problem(404, "user-not-found");
}

/// Regression: a stolen access token could move the account to the thief's mailbox.
#[tokio::test]
async fn email_and_phone_need_the_current_password() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    for body in [json!({ "email": "thief@example.com" }), json!({ "phone": "01099998888" })] {
        let send = |body: Value| app.patch("/v1/me").bearer(&minji.access).json(body).send();
        let without = send(body.clone()).await.expect_problem(400, "invalid-request");
        assert_eq!(without.json()["errors"][0]["pointer"], "/currentPassword");
        let mut guessed = body.clone();
        guessed["currentPassword"] = json!("wrong1password");
        send(guessed).await.expect_problem(401, "wrong-credentials");
    }
    edit(&app, &minji, json!({ "email": "new@example.com" })).await.expect(200);
}
