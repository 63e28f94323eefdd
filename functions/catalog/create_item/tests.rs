use std::sync::Arc;

use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::{at_once, count, create, only_admins, shoe, show, start};

#[tokio::test]
async fn an_item_is_shown_as_it_was_created() {
    let app = start().await;
    let body = json!({
        "nameKo": " 나이키 덩크 로우 ", "nameEn": "Nike Dunk Low", "model": " DD1391-100",
        "releaseDate": "2026-02-28", "releasePrice": 139_000,
        "images": ["catalog/b.webp", "catalog/a.webp", "catalog/c.webp"],
    });
    let reply = create(&app, body).await.expect(201);
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.header("location"), Some(format!("/v1/catalog/{id}").as_str()));
    let due = json!({
        "id": id, "nameKo": "나이키 덩크 로우", "nameEn": "Nike Dunk Low", "model": "DD1391-100",
        "releaseDate": "2026-02-28", "releasePrice": 139_000,
        "images": ["catalog/b.webp", "catalog/a.webp", "catalog/c.webp"],
        "options": [], "tags": [], "completedTrades": 0, "createdAt": app.now(), "version": 1,
    });
    assert_eq!(reply.json(), due);
    assert_eq!(show(&app, &id).await.expect(200).json(), due);
}

#[tokio::test]
async fn what_is_optional_may_be_left_out_or_null() {
    let app = start().await;
    for extra in [json!({}), json!({ "releaseDate": null, "releasePrice": null, "images": [] })] {
        let item = create(&app, extra).await.expect(201).json();
        assert_eq!((&item["releaseDate"], &item["releasePrice"]), (&Value::Null, &Value::Null));
        assert_eq!(item["images"], json!([]));
    }
}

#[tokio::test]
async fn a_model_number_belongs_to_one_item_however_it_is_spelled() {
    let app = start().await;
    create(&app, json!({ "model": "DD1391-100 a" })).await.expect(201);
    for model in ["DD1391-100 a", "dd1391-100 A", "  DD1391-100 A  "] {
        create(&app, json!({ "model": model })).await.expect_problem(409, "model-taken");
    }
    create(&app, json!({ "model": "DD1391-100" })).await.expect(201);
    let rows = app.rows().await;
    assert_eq!(rows.under(Table::Catalog, store::keys::MODEL_PREFIX).len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_creations_of_one_model_one_wins() {
    let app = start().await;
    for round in 0..5 {
        let replies = at_once(6, |number| {
            let app = Arc::clone(&app);
            let model = if number % 2 == 0 { format!("a-{round}") } else { format!("A-{round}") };
            async move { create(&app, json!({ "model": model })).await }
        });
        let replies = replies.await;
        assert_eq!((count(&replies, 201), count(&replies, 409)), (1, 5));
    }
    app.run_until_idle().await;
}

#[tokio::test]
async fn the_same_key_is_the_same_item() {
    let app = start().await;
    let (admin, body) = (app.admin(), shoe(&app, &json!({})));
    let send = |body: &Value| {
        app.post("/v1/catalog").bearer(&admin.token).key("k-1").json(body.clone()).send()
    };
    let first = send(&body).await.expect(201);
    let again = send(&body).await.expect(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("location"), first.header("location"));
    let other = shoe(&app, &json!({}));
    send(&other).await.expect_problem(422, "idempotency-key-reused");
    let stranger = app.post("/v1/catalog").bearer(&app.admin().token).key("k-1").json(body);
    stranger.send().await.expect_problem(409, "model-taken");
    assert_eq!(app.get("/v1/catalog").send().await.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sent_many_times_at_once_is_one_item() {
    let app = start().await;
    let (admin, body) = (app.admin().token, shoe(&app, &json!({})));
    let replies = at_once(5, |_| {
        let (app, admin, body) = (Arc::clone(&app), admin.clone(), body.clone());
        async move { app.post("/v1/catalog").bearer(&admin).key("k-1").json(body).send().await }
    });
    let replies = replies.await;
    assert_eq!(count(&replies, 201), 5);
    let first = replies[0].json();
    assert!(replies.iter().all(|reply| reply.json() == first));
    app.run_until_idle().await;
}

#[tokio::test]
async fn an_answer_that_is_lost_leaves_one_item_behind() {
    use local::{Fault, FaultKind};
    let app = start().await;
    app.expect_failures();
    app.cloud.faults().push(Fault::next("dynamodb:TransactWriteItems", FaultKind::TimeoutAfter));
    create(&app, json!({ "model": "A-1" })).await.expect(201);
    app.run_until_idle().await;
    create(&app, json!({ "model": "A-1" })).await.expect_problem(409, "model-taken");
}

#[tokio::test]
async fn what_is_no_item() {
    let app = start().await;
    let (long_name, long_model) = ("가".repeat(101), "D".repeat(41));
    let four = json!(["a", "b", "c", "d"]);
    let cases = [
        ("/nameKo", json!({ "nameKo": "" })),
        ("/nameKo", json!({ "nameKo": "  " })),
        ("/nameKo", json!({ "nameKo": long_name })),
        ("/nameKo", json!({ "nameKo": "덩\u{0}크" })),
        ("/nameKo", json!({ "nameKo": null })),
        ("/nameKo", json!({ "nameKo": 1 })),
        ("/nameEn", json!({ "nameEn": "a\nb" })),
        ("/nameEn", json!({ "nameEn": ["a"] })),
        ("/model", json!({ "model": "" })),
        ("/model", json!({ "model": "덩크" })),
        ("/model", json!({ "model": "DD_1391" })),
        ("/model", json!({ "model": long_model })),
        ("/model", json!({ "model": 1391 })),
        ("/releaseDate", json!({ "releaseDate": "2026-02-29" })),
        ("/releaseDate", json!({ "releaseDate": "aaa" })),
        ("/releaseDate", json!({ "releaseDate": "" })),
        ("/releaseDate", json!({ "releaseDate": 20_260_228 })),
        ("/releasePrice", json!({ "releasePrice": 0 })),
        ("/releasePrice", json!({ "releasePrice": -1 })),
        ("/releasePrice", json!({ "releasePrice": 1.5 })),
        ("/releasePrice", json!({ "releasePrice": "aaa" })),
        ("/releasePrice", json!({ "releasePrice": 1_000_000_000_001_i64 })),
        ("/releasePrice", json!({ "releasePrice": u64::MAX })),
        ("/images", json!({ "images": four })),
        ("/images", json!({ "images": "a" })),
        ("/images", json!({ "images": null })),
        ("/images/1", json!({ "images": ["a", ""] })),
        ("/images/1", json!({ "images": ["a", "a"] })),
        ("/images/0", json!({ "images": ["사진"] })),
        ("/images/0", json!({ "images": [1] })),
        ("/images/0", json!({ "images": ["k".repeat(201)] })),
        ("/id", json!({ "id": "x" })),
        ("/options", json!({ "options": ["270"] })),
        ("/tags", json!({ "tags": [] })),
        ("/completedTrades", json!({ "completedTrades": 9 })),
        ("/name_ko", json!({ "name_ko": "덩크" })),
    ];
    for (pointer, extra) in cases {
        let reply = create(&app, extra.clone()).await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{extra}");
    }
    for missing in ["nameKo", "nameEn", "model"] {
        let mut body = shoe(&app, &json!({}));
        body.as_object_mut().unwrap().remove(missing);
        let reply = app.post("/v1/catalog").bearer(&app.admin().token).json(body).send().await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], format!("/{missing}"));
        assert_eq!(reply.json()["errors"][0]["code"], "required");
    }
    assert!(app.rows().await.table(Table::Catalog).is_empty());
}

#[tokio::test]
async fn only_admins_may() {
    let app = start().await;
    only_admins(&app, || app.post("/v1/catalog").json(shoe(&app, &json!({})))).await;
    assert!(app.rows().await.table(Table::Catalog).is_empty());
}
