use std::sync::Arc;

use serde_json::{Value, json};
use store::Table;
use testkit::{Reply, TestApp};

use crate::tests::fixture::{
    NOWHERE, add_option, at_once, completed, count, create, create_tag, delete, edit, item, link,
    only_admins, show, start,
};

async fn edit_if(app: &TestApp, id: &str, tag: &str, body: Value) -> Reply {
    let request = app.patch(&format!("/v1/catalog/{id}")).bearer(&app.admin().token);
    request.header("if-match", tag).json(body).send().await
}

#[tokio::test]
async fn changes_what_is_named_and_leaves_the_rest() {
    let app = start().await;
    let extra = json!({ "model": "A-1", "releasePrice": 100, "images": ["a"] });
    let id = item(&app, extra).await;
    let before = show(&app, &id).await.json();
    let reply = edit(&app, &id, json!({ "nameKo": "조던", "releaseDate": "2027-01-01" })).await;
    let reply = reply.expect(200);
    let mut due = before;
    due["nameKo"] = json!("조던");
    due["releaseDate"] = json!("2027-01-01");
    due["version"] = json!(2);
    assert_eq!((reply.json(), reply.header("etag")), (due.clone(), Some("\"2\"")));
    assert_eq!(show(&app, &id).await.json(), due);
}

#[tokio::test]
async fn null_takes_date_and_price_away_and_nothing_else() {
    let app = start().await;
    let extra = json!({ "releaseDate": "2026-01-01", "releasePrice": 5, "images": ["a"] });
    let id = item(&app, extra).await;
    let before = show(&app, &id).await.json();
    let nulls = json!({ "nameKo": null, "nameEn": null, "model": null, "images": null });
    assert_eq!(edit(&app, &id, nulls).await.expect(200).json(), before);
    let gone = json!({ "releaseDate": null, "releasePrice": null, "images": [] });
    let after = edit(&app, &id, gone).await.expect(200).json();
    assert_eq!((&after["releaseDate"], &after["releasePrice"]), (&Value::Null, &Value::Null));
    assert_eq!((&after["images"], &after["version"]), (&json!([]), &json!(2)));
    assert_eq!(show(&app, &id).await.json(), after);
}

#[tokio::test]
async fn a_new_model_number_frees_the_old_one() {
    let app = start().await;
    let id = item(&app, json!({ "model": "A-1" })).await;
    edit(&app, &id, json!({ "model": "B-2" })).await.expect(200);
    create(&app, json!({ "model": "b-2" })).await.expect_problem(409, "model-taken");
    create(&app, json!({ "model": "a-1" })).await.expect(201);
    edit(&app, &id, json!({ "model": "A-1" })).await.expect_problem(409, "model-taken");
    assert_eq!(show(&app, &id).await.json()["model"], "B-2");
    // Another spelling of the own number is no new number.
    edit(&app, &id, json!({ "model": "b-2" })).await.expect(200);
    assert_eq!(show(&app, &id).await.json()["model"], "b-2");
    assert_eq!(app.rows().await.under(Table::Catalog, store::keys::MODEL_PREFIX).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_items_racing_for_a_model_number_one_gets_it() {
    let app = start().await;
    let mut items = Vec::new();
    for number in 0..5 {
        items.push(item(&app, json!({ "model": format!("M-{number}") })).await);
    }
    let replies = at_once(5, |number| {
        let (app, id) = (Arc::clone(&app), items[number].clone());
        async move { edit(&app, &id, json!({ "model": "NEW" })).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 200), count(&replies, 409)), (1, 4));
    assert_eq!(app.rows().await.under(Table::Catalog, store::keys::MODEL_PREFIX).len(), 5);
    app.run_until_idle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_if_match_one_of_many_edits_wins() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let replies = at_once(6, |number| {
        let (app, id) = (Arc::clone(&app), id.clone());
        let body = json!({ "nameKo": format!("덩크 {number}") });
        async move { edit_if(&app, &id, "\"1\"", body).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 200), count(&replies, 412)), (1, 5));
    for reply in replies.into_iter().filter(|reply| reply.status() == 412) {
        reply.expect_problem(412, "stale-version");
    }
    edit_if(&app, &id, "\"2\"", json!({ "nameKo": "조던" })).await.expect(200);
    edit_if(&app, &id, "\"2\"", json!({})).await.expect_problem(412, "stale-version");
    edit_if(&app, &id, "*", json!({})).await.expect(200);
    for odd in ["3", "seven", "W/\"3\"", ""] {
        let reply = edit_if(&app, &id, odd, json!({})).await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "header/If-Match", "{odd}");
    }
    app.run_until_idle().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_if_match_every_edit_is_made_on_what_stands() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let edits = [
        json!({ "nameKo": "조던" }),
        json!({ "nameEn": "Jordan" }),
        json!({ "model": "NEW" }),
        json!({ "releasePrice": 7 }),
    ];
    let replies = at_once(edits.len(), |number| {
        let (app, id, body) = (Arc::clone(&app), id.clone(), edits[number].clone());
        async move { edit(&app, &id, body).await }
    });
    assert_eq!(count(&replies.await, 200), 4);
    let item = show(&app, &id).await.json();
    assert_eq!((&item["nameKo"], &item["nameEn"]), (&json!("조던"), &json!("Jordan")));
    assert_eq!((&item["model"], &item["releasePrice"]), (&json!("NEW"), &json!(7)));
    assert_eq!(item["version"], 5);
    app.run_until_idle().await;
}

#[tokio::test]
async fn options_tags_and_counts_stay() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    add_option(&app, &id, "270").await.expect(201);
    create_tag(&app, "sneaker").await.expect(201);
    link(&app, &id, "sneaker").await.expect(204);
    app.publish(&completed(&app, &id, 1)).await;
    app.run_until_idle().await;
    let after = edit(&app, &id, json!({ "nameKo": "조던" })).await.expect(200).json();
    assert_eq!((&after["options"], &after["tags"]), (&json!(["270"]), &json!(["sneaker"])));
    assert_eq!((&after["completedTrades"], &after["version"]), (&json!(1), &json!(4)));
    assert_eq!(show(&app, &id).await.json(), after);
}

#[tokio::test]
async fn what_is_no_edit() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let before = show(&app, &id).await.json();
    for (pointer, body) in [
        ("/nameKo", json!({ "nameKo": "" })),
        ("/nameEn", json!({ "nameEn": "x".repeat(101) })),
        ("/model", json!({ "model": "모델" })),
        ("/releaseDate", json!({ "releaseDate": "2026-13-01" })),
        ("/releasePrice", json!({ "releasePrice": 0 })),
        ("/releasePrice", json!({ "releasePrice": -1 })),
        ("/releasePrice", json!({ "releasePrice": 1.5 })),
        ("/releasePrice", json!({ "releasePrice": "aaa" })),
        ("/releasePrice", json!({ "releasePrice": 1_000_000_000_001_i64 })),
        ("/images", json!({ "images": ["a", "b", "c", "d"] })),
        ("/images/1", json!({ "images": ["a", "a"] })),
        ("/options", json!({ "options": ["270"] })),
        ("/tags", json!({ "tags": ["a"] })),
        ("/version", json!({ "version": 9 })),
        ("/completedTrades", json!({ "completedTrades": 9 })),
    ] {
        let reply = edit(&app, &id, body.clone()).await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(show(&app, &id).await.json(), before);
    let body = || json!({ "nameKo": "조던" });
    edit(&app, "x", body()).await.expect_problem(400, "invalid-request");
    edit(&app, NOWHERE, body()).await.expect_problem(404, "catalog-item-not-found");
    delete(&app, &id).await.expect(204);
    edit(&app, &id, body()).await.expect_problem(404, "catalog-item-not-found");
    edit_if(&app, &id, "\"1\"", body()).await.expect_problem(404, "catalog-item-not-found");
}

#[tokio::test]
async fn only_admins_may() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let path = format!("/v1/catalog/{id}");
    only_admins(&app, || app.patch(&path).json(json!({ "nameKo": "조던" }))).await;
    assert_eq!(show(&app, &id).await.json()["version"], 1);
}
