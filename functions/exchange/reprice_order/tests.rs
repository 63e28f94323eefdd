use domain::ledger::HoldState;
use futures::future::join_all;
use kernel::{OrderId, Span};
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PURSE, Trader, id_of, spawn};

mod races;

async fn reprice(floor: &Floor, who: &Trader, order: OrderId, price: i64) -> Value {
    floor.repricing(who, order, price).send().await.expect(200).json()
}

#[tokio::test]
async fn what_is_held_changes_by_the_difference() {
    let floor = Floor::trading().await;
    let [buyer, seller] = [floor.trader().await, floor.trader().await];
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let ask = floor.rest(&seller, "sell", 50_000).await;
    for price in [20_000, 9_000, 40_000, 1_000] {
        let view = reprice(&floor, &buyer, bid, price).await;
        let total = price * 103 / 100;
        assert_eq!((&view["price"], &view["total"]), (&json!(price), &json!(total)));
        assert_eq!((&view["state"], &view["id"]), (&json!("open"), &json!(bid)));
        assert_eq!(floor.purse(&buyer).await, (PURSE - total, total));
    }
    for price in [70_000, 41_000, 999_000] {
        let view = reprice(&floor, &seller, ask, price).await;
        assert_eq!(view["deposit"], json!(price / 10));
        assert_eq!(floor.purse(&seller).await, (PURSE - price / 10, price / 10));
    }
    assert_eq!(floor.book().await, 2);
    for (who, order) in [(&buyer, bid), (&seller, ask)] {
        floor.cancel(who, order).await.expect(200);
        assert_eq!(floor.purse(who).await, (PURSE, 0));
    }
    assert_eq!(floor.hold(bid).await, Some(HoldState::Released));
    floor.record().await;
}

#[tokio::test]
async fn one_that_meets_a_better_bid_has_a_deposit_of_that_price() {
    let floor = Floor::trading().await;
    let [buyer, seller] = [floor.trader().await, floor.trader().await];
    let ask = floor.rest(&seller, "sell", 50_000).await;
    floor.rest(&buyer, "buy", 20_000).await;
    let view = reprice(&floor, &seller, ask, 1_000).await;
    assert_eq!((&view["state"], &view["deposit"]), (&json!("matched"), &json!(2_000)));
    assert_eq!(floor.purse(&seller).await, (PURSE - 2_000, 2_000));
    floor.record().await;
}

#[tokio::test]
async fn it_is_the_last_at_its_new_price() {
    let floor = Floor::trading().await;
    let [early, late, buyer] = [floor.trader().await, floor.trader().await, floor.trader().await];
    let first = floor.rest(&early, "sell", 12_000).await;
    let second = floor.rest(&late, "sell", 10_000).await;
    reprice(&floor, &early, first, 10_000).await;
    floor.take(&buyer, "buy", 10_000).await;
    assert_eq!(floor.state(second).await, "matched");
    assert_eq!(floor.state(first).await, "open");
    // Back to where it was: what came meanwhile is before it.
    let third = floor.rest(&late, "sell", 12_000).await;
    reprice(&floor, &early, first, 12_000).await;
    floor.take(&buyer, "buy", 12_000).await;
    assert_eq!((floor.state(third).await, floor.state(first).await), ("matched", "open"));
    floor.record().await;
}

#[tokio::test]
async fn what_meets_another_order_is_asked_about_and_then_matched_at_that_ones_price() {
    let floor = Floor::trading().await;
    let [buyer, seller] = [floor.trader().await, floor.trader().await];
    let ask = floor.rest(&seller, "sell", 11_000).await;
    let bid = floor.rest(&buyer, "buy", 9_000).await;
    let path = format!("orders/{bid}/price");
    let unconfirmed = floor.ask(&path, &buyer).json(json!({ "price": 12_000 })).send().await;
    let problem = unconfirmed.expect_problem(409, "confirm-price").json();
    assert_eq!(problem["wouldMatchAt"], 11_000);
    assert_eq!(floor.purse(&buyer).await, (PURSE - 9_270, 9_270));
    let view = reprice(&floor, &buyer, bid, 12_000).await;
    assert_eq!((&view["state"], &view["matchedPrice"]), (&json!("matched"), &json!(11_000)));
    // The whole limit is held until the trade takes what it costs.
    assert_eq!(floor.purse(&buyer).await, (PURSE - 12_360, 12_360));
    assert!(floor.met(bid, ask).await);
    assert_eq!(floor.book().await, 0);
    floor.record().await;
}

#[tokio::test]
async fn a_price_off_the_last_trade_and_an_own_order_are_refused_as_when_placing() {
    let floor = Floor::trading().await;
    let who = floor.trader().await;
    let bid = floor.rest(&who, "buy", 9_000).await;
    floor.rest(&who, "sell", 11_000).await;
    let refused = floor.repricing(&who, bid, 11_000).send().await;
    refused.expect_problem(409, "self-trade");
    assert_eq!(floor.purse(&who).await, (PURSE - 9_270 - 1_100, 9_270 + 1_100));
    assert_eq!(floor.book().await, 2);
}

#[tokio::test]
async fn the_first_answer_to_the_placing_stays() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    let body = floor.order(&seller, "sell", 10_000);
    let place = || floor.ask_under("p", "orders", &seller).json(body.clone()).send();
    let first = place().await.expect(201);
    let order = id_of(&first.json());
    reprice(&floor, &seller, order, 30_000).await;
    reprice(&floor, &seller, order, 20_000).await;
    let again = place().await.expect(201);
    assert_eq!(again.text(), first.text());
    assert_eq!(floor.read(&seller, order).await["price"], 20_000);
}

#[tokio::test]
async fn the_same_request_is_answered_alike() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    let order = floor.rest(&seller, "sell", 10_000).await;
    let path = format!("orders/{order}/price");
    let send =
        |price: i64| floor.ask_under("k", &path, &seller).json(json!({ "price": price })).send();
    let first = send(12_000).await.expect(200);
    reprice(&floor, &seller, order, 15_000).await;
    let again = send(12_000).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    send(13_000).await.expect_problem(422, "idempotency-key-reused");
    floor.cancel(&seller, order).await.expect(200);
    send(12_000).await.expect(200);
}

#[tokio::test]
async fn what_is_refused_leaves_everything_as_it_was() {
    let floor = Floor::trading().await;
    let [buyer, seller, other] = [floor.trader().await, floor.trader().await, floor.trader().await];
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let ask = floor.rest(&seller, "sell", 20_000).await;
    let mine = format!("orders/{bid}/price");
    let bodies = [
        json!({ "price": 0 }),
        json!({ "price": -1_000 }),
        json!({ "price": 1_500 }),
        json!({ "price": 970_000_001_000_i64 }),
        json!({ "price": 1.0 }),
        json!({ "price": "11000" }),
        json!({ "price": null }),
        json!({}),
        json!({ "price": 11_000, "side": "sell" }),
    ];
    for body in bodies {
        let refused = floor.ask(&mine, &buyer).json(body.clone()).send().await;
        assert_eq!(refused.status(), 400, "{body}: {}", refused.text());
    }
    let foreign = floor.repricing(&other, bid, 11_000).send().await;
    foreign.expect_problem(404, "order-not-found");
    let same = floor.repricing(&buyer, bid, 10_000).send().await;
    same.expect_problem(409, "price-unchanged");
    let dear = floor.repricing(&buyer, bid, 970_000_000_000).send().await;
    dear.expect_problem(409, "insufficient-balance");
    let dear = floor.repricing(&seller, ask, 970_000_000_000).send().await;
    dear.expect_problem(409, "deposit-required");
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 10_300));
    assert_eq!(floor.purse(&seller).await, (PURSE - 2_000, 2_000));
    let card = floor.card(&other).await;
    let body = floor.card_bid(&other, 11_000, card);
    let by_card = id_of(&floor.ask("orders", &other).json(body).send().await.expect(201).json());
    let fixed = floor.repricing(&other, by_card, 12_000).send().await;
    fixed.expect_problem(409, "price-fixed");
    floor.cancel(&buyer, bid).await.expect(200);
    let over = floor.repricing(&buyer, bid, 11_000).send().await;
    assert_eq!(over.expect_problem(409, "order-not-open").json()["state"], "cancelled");
    floor.turn_past_end(ask, Span::millis(0)).await;
    let over = floor.repricing(&seller, ask, 11_000).send().await;
    assert_eq!(over.expect_problem(409, "order-not-open").json()["state"], "expired");
    floor.record().await;
}

#[tokio::test]
async fn a_millisecond_before_its_end_it_still_takes_another_price() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    let ask = floor.rest(&seller, "sell", 20_000).await;
    floor.turn_before_end(ask, Span::millis(1)).await;
    let view = reprice(&floor, &seller, ask, 21_000).await;
    floor.turn_past_end(ask, Span::millis(0)).await;
    floor.sweep().await;
    // The end of its time is what it was.
    assert_eq!(floor.read(&seller, ask).await["expiresAt"], view["expiresAt"]);
    assert_eq!(floor.purse(&seller).await, (PURSE, 0));
    floor.record().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_repetitions_at_once_are_one() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let path = format!("orders/{bid}/price");
    let send = || spawn(floor.ask_under("k", &path, &buyer).json(json!({ "price": 20_000 })));
    let requests: Vec<_> = (0..64).map(|_| send()).collect();
    let replies = join_all(requests).await.into_iter().map(|reply| reply.unwrap().expect(200));
    let fresh = replies.filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!(floor.purse(&buyer).await, (PURSE - 20_600, 20_600));
    floor.record().await;
}
