use std::sync::Arc;

use domain::catalog::ItemOption;
use serde_json::json;
use store::Table;

use crate::tests::fixture::{
    NOWHERE, add_option, at_once, count, delete, item, only_admins, show, start,
};

#[tokio::test]
async fn an_item_takes_every_option_once() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for option in ItemOption::all() {
        let reply = add_option(&app, &id, option.as_str()).await.expect(201);
        assert_eq!(reply.json(), json!({ "itemId": id, "option": option.as_str() }));
        assert_eq!(reply.header("location"), Some(format!("/v1/catalog/{id}").as_str()));
        let again = add_option(&app, &id, option.as_str()).await;
        again.expect_problem(409, "option-exists");
    }
    let shown = show(&app, &id).await.json();
    assert_eq!((shown["options"].as_array().unwrap().len(), &shown["version"]), (24, &json!(25)));
    let other = item(&app, json!({})).await;
    add_option(&app, &other, "270").await.expect(201);
    // Both sides of every option can be traded.
    assert_eq!(
        app.rows().await.under(Table::Exchange, store::keys::EXCHANGE_HEAD_PREFIX).len(),
        2 * 25
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_additions_of_one_option_one_wins_and_others_do_not_suffer() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let options = ["260", "270", "260", "280", "260", "270"];
    let replies = at_once(options.len(), |number| {
        let (app, id) = (Arc::clone(&app), id.clone());
        async move { add_option(&app, &id, options[number]).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 201), count(&replies, 409)), (3, 3));
    assert_eq!(show(&app, &id).await.json()["options"], json!(["260", "270", "280"]));
}

#[tokio::test]
async fn the_same_key_is_the_same_addition() {
    let app = start().await;
    let (id, admin) = (item(&app, json!({})).await, app.admin());
    let path = format!("/v1/catalog/{id}/options");
    let send = |option: &str| {
        let request = app.post(&path).bearer(&admin.token).key("k");
        request.json(json!({ "option": option })).send()
    };
    let first = send("270").await.expect(201);
    let again = send("270").await.expect(201);
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), Some("true")));
    send("280").await.expect_problem(422, "idempotency-key-reused");
    assert_eq!(show(&app, &id).await.json()["version"], 2);
}

#[tokio::test]
async fn what_is_no_option() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let path = format!("/v1/catalog/{id}/options");
    for (pointer, body) in [
        ("/option", json!({ "option": "225" })),
        ("/option", json!({ "option": "xs" })),
        ("/option", json!({ "option": "" })),
        ("/option", json!({ "option": "오백" })),
        ("/option", json!({ "option": 270 })),
        ("/option", json!({ "option": 0 })),
        ("/option", json!({ "option": -1 })),
        ("/option", json!({ "option": null })),
        ("/option", json!({ "option": ["270"] })),
        ("/option", json!({})),
        ("/price", json!({ "option": "270", "price": 1 })),
    ] {
        let request = app.post(&path).bearer(&app.admin().token).json(body.clone());
        let reply = request.send().await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    add_option(&app, "1", "270").await.expect_problem(400, "invalid-request");
    add_option(&app, NOWHERE, "270").await.expect_problem(404, "catalog-item-not-found");
    delete(&app, &id).await.expect(204);
    add_option(&app, &id, "270").await.expect_problem(404, "catalog-item-not-found");
}

#[tokio::test]
async fn only_admins_may() {
    let app = start().await;
    let path = format!("/v1/catalog/{}/options", item(&app, json!({})).await);
    only_admins(&app, || app.post(&path).json(json!({ "option": "270" }))).await;
}
