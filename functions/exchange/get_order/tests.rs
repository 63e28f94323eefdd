use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PURSE};

#[tokio::test]
async fn an_order_in_each_of_its_states() {
    let floor = Floor::open().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let ask = floor.rest(&seller, "sell", 30_000).await;
    let view = floor.read(&buyer, bid).await;
    let told = |key: &str| view[key].clone();
    assert_eq!((told("id"), told("itemId")), (json!(bid), json!(floor.item)));
    assert_eq!((told("state"), told("tradeId")), (json!("open"), Value::Null));
    assert_eq!(
        (told("price"), told("fee"), told("total")),
        (10_000.into(), 300.into(), 10_300.into())
    );
    assert_eq!(told("placedAt"), floor.now().to_string());
    let (sale, trade) = floor.take(&seller, "sell", 9_000).await;
    floor.run_until_idle().await;
    for (who, order) in [(&buyer, bid), (&seller, sale)] {
        let view = floor.read(who, order).await;
        assert_eq!((&view["state"], &view["tradeId"]), (&json!("matched"), &json!(trade)));
        assert_eq!(view["matchedPrice"], 10_000);
    }
    floor.cancel(&seller, ask).await.expect(200);
    assert_eq!(floor.read(&seller, ask).await["state"], "cancelled");
}

#[tokio::test]
async fn past_its_time_it_reads_expired_swept_or_not() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    floor.turn_before_end(bid, Span::millis(1)).await;
    assert_eq!(floor.read(&buyer, bid).await["state"], "open");
    floor.turn_past_end(bid, Span::millis(0)).await;
    let unswept = floor.read(&buyer, bid).await;
    assert_eq!((&unswept["state"], floor.state(bid).await), (&json!("expired"), "open"));
    floor.sweep().await;
    assert_eq!((floor.read(&buyer, bid).await, floor.state(bid).await), (unswept, "expired"));
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
}

#[tokio::test]
async fn ones_own_orders_only() {
    let floor = Floor::trading().await;
    let (buyer, other) = (floor.trader().await, floor.trader().await);
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let path = format!("/v1/exchange/orders/{bid}");
    let foreign = floor.get(&path).bearer(&floor.token_of(&other)).send().await;
    foreign.expect_problem(404, "order-not-found");
    let admin = floor.get(&path).bearer(&floor.admin().token).send().await;
    admin.expect_problem(404, "order-not-found");
    floor.get(&path).send().await.expect_problem(401, "unauthenticated");
    let none = "/v1/exchange/orders/019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11";
    let none = floor.get(none).bearer(&floor.token_of(&buyer)).send().await;
    none.expect_problem(404, "order-not-found");
    let bad = floor.get("/v1/exchange/orders/x").bearer(&floor.token_of(&buyer)).send().await;
    assert!(matches!(bad.status(), 400 | 404), "{}", bad.text());
}
