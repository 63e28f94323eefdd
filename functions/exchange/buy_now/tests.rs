use futures::future::join_all;
use local::{FaultKind, RandomFaults};
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PASSWORD, PURSE, id_of, spawn};

const NOW: &str = "buy-now";

#[tokio::test]
async fn takes_the_best_ask_at_its_price() {
    let floor = Floor::open().await;
    let (buyer, sellers) = (floor.trader().await, floor.traders(3).await);
    for (seller, price) in sellers.iter().zip([12_000, 10_000, 11_000]) {
        floor.rest(seller, "sell", price).await;
    }
    // At the best, and above it.
    for (limit, due) in [(10_000, 10_000), (20_000, 11_000)] {
        let placed = floor.at_once(NOW, &buyer, limit).await.expect(201).json();
        assert_eq!((&placed["state"], &placed["matchedPrice"]), (&json!("matched"), &json!(due)));
        assert_eq!((&placed["side"], &placed["price"]), (&json!("buy"), &json!(limit)));
    }
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300 - 11_330, 0));
    assert_eq!(floor.book().await, 1);
}

#[tokio::test]
async fn below_the_best_nothing_happens() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let empty = floor.at_once(NOW, &buyer, 10_000).await.expect_problem(409, "price-moved");
    assert_eq!(empty.json()["best"], Value::Null);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let dear = floor.at_once(NOW, &buyer, 9_000).await.expect_problem(409, "price-moved");
    assert_eq!(dear.json()["best"], 10_000);
    assert_eq!((floor.purse(&buyer).await, floor.trades().await), ((PURSE, 0), 0));
    assert_eq!((floor.state(ask).await, floor.book().await), ("open", 1));
    // What is over is not the best.
    floor.turn_past_end(ask, kernel::Span::millis(0)).await;
    let over = floor.at_once(NOW, &buyer, 9_000).await.expect_problem(409, "price-moved");
    assert_eq!(over.json()["best"], Value::Null);
    assert_eq!(floor.state(ask).await, "expired");
}

/// A refusal leaves no record: the same key may be tried again, and then it is one order.
#[tokio::test]
async fn the_key_of_a_refused_request_is_free() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let body = floor.now_body(NOW, &buyer, 10_000);
    let send = || floor.ask_under("k", NOW, &buyer).json(body.clone()).send();
    send().await.expect_problem(409, "price-moved");
    floor.rest(&seller, "sell", 10_000).await;
    let first = send().await.expect(201);
    let again = send().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    let dearer = floor.now_body(NOW, &buyer, 11_000);
    let reused = floor.ask_under("k", NOW, &buyer).json(dearer).send().await;
    reused.expect_problem(422, "idempotency-key-reused");
    assert_eq!((floor.trades().await, floor.purse(&buyer).await.1), (1, 10_300));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_repetitions_at_once_buy_one() {
    let floor = Floor::trading().await;
    let (buyer, sellers) = (floor.trader().await, floor.traders(3).await);
    for seller in &sellers {
        floor.rest(seller, "sell", 10_000).await;
    }
    let body = floor.now_body(NOW, &buyer, 10_000);
    let send = || spawn(floor.ask_under("k", NOW, &buyer).json(body.clone()));
    let requests: Vec<_> = (0..64).map(|_| send()).collect();
    for reply in join_all(requests).await {
        let order = id_of(&reply.unwrap().expect(201).json());
        assert_eq!(floor.state(order).await, "matched");
    }
    assert_eq!((floor.trades().await, floor.book().await), (1, 2));
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 10_300));
}

#[tokio::test]
async fn ones_own_ask_is_not_bought_nor_what_is_behind_it() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let own = floor.rest(&buyer, "sell", 10_000).await;
    floor.rest(&seller, "sell", 11_000).await;
    floor.at_once(NOW, &buyer, 20_000).await.expect_problem(409, "self-trade");
    // Out of the limit's reach it is only a price.
    let moved = floor.at_once(NOW, &buyer, 9_000).await.expect_problem(409, "price-moved");
    assert_eq!(moved.json()["best"], 10_000);
    assert_eq!(floor.purse(&buyer).await, (PURSE - 1_000, 1_000), "the deposit of the own ask");
    floor.cancel(&buyer, own).await.expect(200);
    let placed = floor.at_once(NOW, &buyer, 20_000).await.expect(201).json();
    assert_eq!(placed["matchedPrice"], 11_000);
}

#[tokio::test]
async fn the_money_must_be_there_or_a_card() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.beggar().await, floor.trader().await);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let short = floor.at_once(NOW, &buyer, 10_000).await;
    assert_eq!(short.expect_problem(409, "insufficient-balance").json()["available"], 0);
    assert_eq!(floor.state(ask).await, "open");
    let mut body = floor.now_body(NOW, &buyer, 10_000);
    let card = floor.card(&buyer).await;
    body["funding"] = json!({ "from": "card", "paymentMethodId": card, "password": "000000" });
    let wrong = floor.ask(NOW, &buyer).json(body.clone()).send().await;
    wrong.expect_problem(401, "wrong-payment-password");
    body["funding"]["password"] = PASSWORD.into();
    let poor = floor.ask(NOW, &buyer).json(body.clone()).send().await;
    assert_eq!(poor.expect_problem(409, "deposit-required").json()["deposit"], 1_000);
    floor.fund(buyer.user.id, 1_000).await;
    let placed = floor.ask(NOW, &buyer).json(body).send().await.expect(201).json();
    assert_eq!((&placed["state"], &placed["funding"]), (&json!("matched"), &json!("card")));
    assert_eq!(floor.purse(&buyer).await, (0, 1_000), "until the card has paid");
    assert_eq!(floor.waiting_for_card(&buyer).await.count, 1);
}

#[tokio::test]
async fn refuses_bad_bodies() {
    let floor = Floor::trading().await;
    let (buyer, other) = (floor.trader().await, floor.trader().await);
    floor.rest(&other, "sell", 10_000).await;
    for (field, value) in [
        ("limitPrice", json!(0)),
        ("limitPrice", json!(1_500)),
        ("limitPrice", json!(-1_000)),
        ("limitPrice", json!("1000")),
        ("limitPrice", json!(1_000.0)),
        ("limitPrice", json!(970_000_001_000_i64)),
        ("option", json!("999")),
        ("funding", json!({ "from": "coins" })),
        ("funding", Value::Null),
        ("side", json!("buy")),
        ("price", json!(10_000)),
        ("expiresInDays", json!(30)),
    ] {
        let mut body = floor.now_body(NOW, &buyer, 10_000);
        body[field] = value;
        let reply = floor.ask(NOW, &buyer).json(body).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let keyless = floor.post("/v1/exchange/buy-now").bearer(&floor.token_of(&buyer));
    let keyless = keyless.json(floor.now_body(NOW, &buyer, 10_000)).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    for (field, value, code) in [
        ("option", json!("290"), "not-traded"),
        ("itemId", json!("019aa3a1-7b00-7cc0-8d5a-3f0f6a6d9c11"), "not-traded"),
        ("addressId", json!(other.address), "address-not-found"),
    ] {
        let mut body = floor.now_body(NOW, &buyer, 10_000);
        body[field] = value;
        floor.ask(NOW, &buyer).json(body).send().await.expect_problem(404, code);
    }
    assert_eq!((floor.purse(&buyer).await, floor.trades().await), ((PURSE, 0), 0));
}

/// It was told that nothing had happened: the ask was gone, to this very order.
#[tokio::test]
async fn an_order_whose_every_answer_is_lost_is_found() {
    let floor = Floor::bare().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    floor.cloud.faults().at_random(Some(RandomFaults {
        seed: 1,
        per_thousand: 1_000,
        action: "dynamodb:TransactWriteItems".to_owned(),
        kinds: vec![FaultKind::TimeoutAfter],
    }));
    let placed = floor.at_once(NOW, &buyer, 10_000).await.expect(201).json();
    floor.cloud.faults().clear();
    assert_eq!((&placed["state"], floor.state(ask).await), (&json!("matched"), "matched"));
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 10_300));
}
