use domain::exchange::{Instrument, Side};
use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{add_option, completed, delete, ids, item, item_id, rest_at, start};

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
    // F27: what nobody ever bought is not hot.
    let due = [2, 3, 0].map(|at| items[at].clone());
    assert_eq!(ids(&found), due);
    let counts: Vec<&Value> = found.iter().map(|item| &item["completedTrades"]).collect();
    assert_eq!(counts, [10, 2, 2]);
    let images: Vec<&Value> = found.iter().map(|item| &item["image"]).collect();
    assert_eq!(images, [&Value::Null, &json!("b"), &Value::Null]);
    delete(&app, &items[2]).await.expect(204);
    assert_eq!(ids(&hot(&app).await), due[1..]);
}

#[tokio::test]
async fn there_are_twenty_at_most() {
    let app = start().await;
    let mut items = Vec::new();
    for number in 0..21_u128 {
        app.clock.advance(Span::millis(1));
        items.push(item(&app, json!({})).await);
        app.publish(&completed(&app, &items[items.len() - 1], number)).await;
    }
    app.run_until_idle().await;
    let found = ids(&hot(&app).await);
    assert_eq!(found.len(), 20);
    assert!(!found.contains(&items[0]));
    app.publish(&completed(&app, &items[0], 100)).await;
    app.run_until_idle().await;
    assert_eq!(ids(&hot(&app).await)[0], items[0]);
}

#[tokio::test]
async fn f27_a_hot_item_says_its_lowest_ask_over_all_options() {
    let app = start().await;
    let traded = item(&app, json!({})).await;
    app.clock.advance(Span::millis(1));
    let idle = item(&app, json!({})).await;
    for (id, trade) in [(&traded, 1), (&idle, 2)] {
        app.publish(&completed(&app, id, trade)).await;
    }
    app.run_until_idle().await;
    for option in ["220", "270", "300"] {
        add_option(&app, &traded, option).await.expect(201);
    }
    for (option, price) in [("270", 21_000), ("300", 19_000), ("300", 25_000)] {
        rest_at(&app, &traded, option, Side::Sell, price).await;
    }
    rest_at(&app, &traded, "220", Side::Buy, 1_000).await;
    for option in ["220", "270", "300"] {
        let instrument = Instrument { item: item_id(&traded), option: option.parse().unwrap() };
        app.store().quotes_refresh(instrument, app.now()).await.unwrap();
    }
    let asks: Vec<Value> = hot(&app).await.iter().map(|it| it["lowestAsk"].clone()).collect();
    assert_eq!(asks, [Value::Null, json!(19_000)]);
}

#[tokio::test]
async fn it_is_no_item() {
    let app = start().await;
    app.get("/v1/catalog/hot/").send().await.expect_problem(404, "route-not-found");
    let limited = app.get("/v1/catalog/hot?limit=5").send().await;
    limited.expect_problem(400, "invalid-request");
    app.post("/v1/catalog/hot").send().await.expect_problem(405, "method-not-allowed");
}
