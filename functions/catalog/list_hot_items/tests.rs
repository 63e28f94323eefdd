use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{completed, delete, ids, item, start};

async fn hot(app: &testkit::TestApp) -> Vec<Value> {
    let reply = app.get("/v1/catalog/hot").send().await.expect(200);
    reply.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_most_traded_come_first_and_of_equals_the_newer() {
    let app = start().await;
    assert!(hot(&app).await.is_empty());
    let mut items = Vec::new();
    for number in 0..5 {
        app.clock.advance(Span::millis(1));
        let images = if number == 3 { json!(["b", "a"]) } else { json!([]) };
        items.push(item(&app, json!({ "images": images })).await);
    }
    // Trades of items 0 to 4: 2, 0, 10, 2, 0.
    for (trade, at) in [0, 3, 3, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2].into_iter().enumerate() {
        app.publish(&completed(&app, &items[at], u128::try_from(trade).unwrap())).await;
    }
    app.run_until_idle().await;
    let found = hot(&app).await;
    let due = [2, 3, 0, 4, 1].map(|at| items[at].clone());
    assert_eq!(ids(&found), due);
    let counts: Vec<&Value> = found.iter().map(|item| &item["completedTrades"]).collect();
    assert_eq!(counts, [10, 2, 2, 0, 0]);
    let images: Vec<&Value> = found.iter().map(|item| &item["image"]).collect();
    assert_eq!(images, [&Value::Null, &json!("b"), &Value::Null, &Value::Null, &Value::Null]);
    delete(&app, &items[2]).await.expect(204);
    assert_eq!(ids(&hot(&app).await), due[1..]);
}

#[tokio::test]
async fn there_are_twenty_at_most() {
    let app = start().await;
    for _ in 0..21 {
        app.clock.advance(Span::millis(1));
        item(&app, json!({})).await;
    }
    let oldest = ids(&crate::tests::fixture::walk(&app, "/v1/catalog", 100).await).pop().unwrap();
    let found = hot(&app).await;
    assert_eq!(found.len(), 20);
    assert!(!ids(&found).contains(&oldest));
    app.publish(&completed(&app, &oldest, 1)).await;
    app.run_until_idle().await;
    assert_eq!(ids(&hot(&app).await)[0], oldest);
}

#[tokio::test]
async fn it_is_no_item() {
    let app = start().await;
    app.get("/v1/catalog/hot/").send().await.expect_problem(404, "route-not-found");
    app.get("/v1/catalog/hot?limit=5").send().await.expect(200);
    app.post("/v1/catalog/hot").send().await.expect_problem(405, "method-not-allowed");
}
