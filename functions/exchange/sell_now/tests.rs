use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PURSE};

const NOW: &str = "sell-now";

#[tokio::test]
async fn takes_the_best_bid_at_its_price() {
    let floor = Floor::open().await;
    let (seller, buyers) = (floor.trader().await, floor.traders(3).await);
    for (buyer, price) in buyers.iter().zip([9_000, 11_000, 10_000]) {
        floor.rest(buyer, "buy", price).await;
    }
    // At the best, and below it.
    for (limit, due) in [(11_000, 11_000), (1_000, 10_000)] {
        let placed = floor.at_once(NOW, &seller, limit).await.expect(201).json();
        assert_eq!((&placed["state"], &placed["matchedPrice"]), (&json!("matched"), &json!(due)));
        assert_eq!((&placed["side"], &placed["funding"]), (&json!("sell"), &Value::Null));
    }
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyers[1]).await, (PURSE - 11_330, 0));
    assert_eq!(floor.purse(&buyers[0]).await, (PURSE - 9_270, 9_270));
    assert_eq!(floor.book().await, 1);
}

#[tokio::test]
async fn above_the_best_nothing_happens() {
    let floor = Floor::trading().await;
    let (seller, buyer) = (floor.trader().await, floor.trader().await);
    let empty = floor.at_once(NOW, &seller, 1_000).await.expect_problem(409, "price-moved");
    assert_eq!(empty.json()["best"], Value::Null);
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let cheap = floor.at_once(NOW, &seller, 11_000).await.expect_problem(409, "price-moved");
    assert_eq!(cheap.json()["best"], 10_000);
    assert_eq!((floor.trades().await, floor.book().await), (0, 1));
    // Past its time it is met no more, and its money is free.
    floor.turn_past_end(bid, kernel::Span::millis(0)).await;
    let over = floor.at_once(NOW, &seller, 1_000).await.expect_problem(409, "price-moved");
    assert_eq!(over.json()["best"], Value::Null);
    assert_eq!((floor.state(bid).await, floor.purse(&buyer).await), ("expired", (PURSE, 0)));
}

/// A limit of 1,000 won was a deposit of 100, whatever the goods were sold for.
#[tokio::test]
async fn a_low_limit_makes_no_small_deposit() {
    let floor = Floor::trading().await;
    let (seller, buyer) = (floor.beggar().await, floor.trader().await);
    let bid = floor.rest(&buyer, "buy", 20_000).await;
    floor.fund(seller.user.id, 1_999).await;
    let short = floor.at_once(NOW, &seller, 1_000).await.expect_problem(409, "deposit-required");
    let short = short.json();
    assert_eq!((&short["deposit"], &short["available"]), (&json!(2_000), &json!(1_999)));
    assert_eq!((floor.state(bid).await, floor.purse(&seller).await), ("open", (1_999, 0)));
    floor.fund(seller.user.id, 1).await;
    let placed = floor.at_once(NOW, &seller, 1_000).await.expect(201).json();
    assert_eq!((&placed["deposit"], &placed["matchedPrice"]), (&json!(2_000), &json!(20_000)));
    assert_eq!(floor.purse(&seller).await, (0, 2_000));
    // An ask that meets a better bid than it asks for is no other way round.
    let seller = floor.trader().await;
    floor.rest(&buyer, "buy", 20_000).await;
    let (ask, _) = floor.take(&seller, "sell", 1_000).await;
    assert_eq!(floor.purse(&seller).await, (PURSE - 2_000, 2_000));
    assert_eq!(floor.read(&seller, ask).await["deposit"], 2_000);
    floor.record().await;
}

#[tokio::test]
async fn the_same_request_sells_once() {
    let floor = Floor::trading().await;
    let (seller, buyers) = (floor.trader().await, floor.traders(2).await);
    for buyer in &buyers {
        floor.rest(buyer, "buy", 10_000).await;
    }
    let body = floor.now_body(NOW, &seller, 10_000);
    let send = || floor.ask_under("k", NOW, &seller).json(body.clone()).send();
    let (first, again) = (send().await.expect(201), send().await.expect(201));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((first.text(), floor.trades().await), (again.text(), 1));
    let cheaper = floor.now_body(NOW, &seller, 9_000);
    let reused = floor.ask_under("k", NOW, &seller).json(cheaper).send().await;
    reused.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn ones_own_bid_is_not_met() {
    let floor = Floor::trading().await;
    let both = floor.trader().await;
    floor.rest(&both, "buy", 10_000).await;
    floor.at_once(NOW, &both, 10_000).await.expect_problem(409, "self-trade");
    assert_eq!((floor.trades().await, floor.purse(&both).await.1), (0, 10_300));
}

#[tokio::test]
async fn refuses_bad_bodies() {
    let floor = Floor::trading().await;
    let (seller, other) = (floor.trader().await, floor.trader().await);
    floor.rest(&other, "buy", 10_000).await;
    for (field, value) in [
        ("limitPrice", json!(0)),
        ("limitPrice", json!(999)),
        ("limitPrice", json!("1000")),
        ("limitPrice", Value::Null),
        ("option", json!("xs")),
        ("funding", json!({ "from": "wallet" })),
        ("buyAgain", json!(true)),
        ("expiresInDays", json!(30)),
    ] {
        let mut body = floor.now_body(NOW, &seller, 10_000);
        body[field] = value;
        let reply = floor.ask(NOW, &seller).json(body).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let keyless = floor.post("/v1/exchange/sell-now").bearer(&floor.token_of(&seller));
    let keyless = keyless.json(floor.now_body(NOW, &seller, 10_000)).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    for (field, value, code) in [
        ("option", json!("XS"), "not-traded"),
        ("addressId", json!(other.address), "address-not-found"),
    ] {
        let mut body = floor.now_body(NOW, &seller, 10_000);
        body[field] = value;
        floor.ask(NOW, &seller).json(body).send().await.expect_problem(404, code);
    }
    assert_eq!(floor.trades().await, 0);
}
