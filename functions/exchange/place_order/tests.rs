//! Orders that come to rest or meet, and what their repetitions are told.

mod card_bids;
mod card_limits;
mod confirming;
mod deposits;
mod limits;
mod refusals;

use domain::ledger::HoldState;
use futures::future::join_all;
use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PURSE, id_of, spawn};

#[tokio::test]
async fn an_order_rests_with_its_money_held() {
    let floor = Floor::trading().await;
    let (buyer, seller) = floor.pair().await;
    let reply = floor.place(&buyer, "buy", 10_000).await.expect(201);
    let placed = reply.json();
    let location = format!("/v1/exchange/orders/{}", placed["id"].as_str().unwrap());
    assert_eq!(reply.header("location"), Some(location.as_str()));
    assert_eq!(reply.header("idempotency-replayed"), None);
    let told = |key: &str| placed[key].clone();
    assert_eq!((told("state"), told("side")), (json!("open"), json!("buy")));
    assert_eq!(
        (told("price"), told("fee"), told("total")),
        (10_000.into(), 300.into(), 10_300.into())
    );
    assert_eq!((told("title"), told("option")), (json!("에어 조던 1 270"), json!("270")));
    assert_eq!((told("funding"), told("buyAgain")), (json!("wallet"), json!(false)));
    assert_eq!((told("tradeId"), told("matchedPrice")), (Value::Null, Value::Null));
    assert_eq!(told("expiresAt"), floor.later(Span::days(30)).to_string());
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 10_300));
    let ask = floor.place(&seller, "sell", 11_000).await.expect(201).json();
    assert_eq!((&ask["funding"], &ask["total"]), (&Value::Null, &json!(10_670)));
    assert_eq!(ask["deposit"], 1_100);
    assert_eq!((floor.purse(&seller).await, floor.book().await), ((PURSE - 1_100, 1_100), 2));
}

#[tokio::test]
async fn a_repetition_is_answered_as_the_first_time_whatever_came_since() {
    let floor = Floor::open().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let body = floor.order(&buyer, "buy", 10_000);
    let again = || floor.ask_under("k", "orders", &buyer).json(body.clone()).send();
    let first = again().await.expect(201);
    let same = |reply: testkit::Reply| {
        let reply = reply.expect(201);
        assert_eq!(reply.header("idempotency-replayed"), Some("true"));
        assert_eq!(reply.header("location"), first.header("location"));
        assert_eq!(reply.text(), first.text());
    };
    same(again().await);
    floor.take(&seller, "sell", 10_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.state(id_of(&first.json())).await, "matched");
    same(again().await);
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 0));
    // Matched at once: told so every time.
    floor.rest(&seller, "sell", 20_000).await;
    let body = floor.order(&buyer, "buy", 21_000);
    let send = || floor.ask_under("k2", "orders", &buyer).json(body.clone()).send();
    let (met, repeated) = (send().await.expect(201), send().await.expect(201));
    assert_eq!((&met.json()["state"], met.text()), (&json!("matched"), repeated.text()));
    assert_eq!(floor.trades().await, 2);
}

#[tokio::test]
async fn a_repetition_after_the_cancellation_places_nothing() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let body = floor.order(&buyer, "buy", 10_000);
    let send = || floor.ask_under("k", "orders", &buyer).json(body.clone()).send();
    let first = send().await.expect(201);
    let order = id_of(&first.json());
    floor.cancel(&buyer, order).await.expect(200);
    assert_eq!(send().await.expect(201).text(), first.text());
    // Even when what it names is no longer traded.
    floor.delete_item().await.expect(204);
    assert_eq!(send().await.expect(201).text(), first.text());
    assert_eq!((floor.state(order).await, floor.book().await), ("cancelled", 0));
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_repetitions_at_once_are_one_order_with_one_hold() {
    for (side, ask) in [("buy", None), ("buy", Some(9_000)), ("sell", None)] {
        let floor = Floor::trading().await;
        let (trader, other) = (floor.trader().await, floor.trader().await);
        if let Some(price) = ask {
            floor.rest(&other, "sell", price).await;
        }
        let send = || {
            let request = floor.ask_under("k", "orders", &trader);
            spawn(request.json(floor.order(&trader, side, 10_000)))
        };
        let requests: Vec<_> = (0..64).map(|_| send()).collect();
        let replies: Vec<_> =
            join_all(requests).await.into_iter().map(|reply| reply.unwrap().expect(201)).collect();
        assert!(replies.iter().all(|reply| reply.text() == replies[0].text()));
        let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
        assert_eq!(fresh.count(), 1);
        let held = if side == "buy" { 10_300 } else { 1_000 };
        assert_eq!(floor.purse(&trader).await, (PURSE - held, held));
        let (trades, rests) = if ask.is_some() { (1, 0) } else { (0, 1) };
        assert_eq!((floor.trades().await, floor.book().await), (trades, rests));
    }
}

#[tokio::test]
async fn the_highest_price_fits_a_full_wallet() {
    let floor = Floor::trading().await;
    let buyer = floor.beggar().await;
    floor.fund(buyer.user.id, 999_100_000_000).await;
    let order = floor.rest(&buyer, "buy", 970_000_000_000).await;
    assert_eq!(floor.purse(&buyer).await, (0, 999_100_000_000));
    floor.cancel(&buyer, order).await.expect(200);
    assert_eq!(floor.purse(&buyer).await, (999_100_000_000, 0));
}

#[tokio::test]
async fn every_term_that_is_offered_is_kept() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    for days in [1, 3, 7, 14, 30, 60] {
        let mut body = floor.order(&seller, "sell", 10_000);
        body["expiresInDays"] = days.into();
        let placed = floor.ask("orders", &seller).json(body).send().await.expect(201).json();
        assert_eq!(placed["expiresAt"], floor.later(Span::days(days)).to_string());
    }
}

/// The card was locked, or deleted, after the first request: its repetition is still answered.
#[tokio::test]
async fn a_repetition_asks_for_no_password() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let card = floor.card(&buyer).await;
    let body = floor.card_bid(&buyer, 10_000, card);
    let send = || floor.ask_under("k", "orders", &buyer).json(body.clone()).send();
    let first = send().await.expect(201);
    floor.cancel(&buyer, id_of(&first.json())).await.expect(200);
    assert!(floor.store().payment_method_delete(buyer.user.id, card).await.unwrap());
    assert_eq!(send().await.expect(201).text(), first.text());
}

#[tokio::test]
async fn the_buyer_pays_the_resting_price_and_keeps_the_rest() {
    let floor = Floor::open().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let placed = floor.place(&buyer, "buy", 12_000).await.expect(201).json();
    assert_eq!((&placed["state"], &placed["price"]), (&json!("matched"), &json!(12_000)));
    assert_eq!(placed["matchedPrice"], 10_000);
    // F9: what it comes to at that price, not at the limit.
    assert_eq!((&placed["fee"], &placed["total"]), (&json!(300), &json!(10_300)));
    assert_eq!(floor.purse(&buyer).await, (PURSE - 12_360, 12_360));
    assert_eq!(floor.hold(id_of(&placed)).await, Some(HoldState::Held));
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 0));
    assert_eq!(floor.hold(id_of(&placed)).await, Some(HoldState::Captured));
    let sold = floor.read(&seller, ask).await;
    assert_eq!((&sold["state"], &sold["tradeId"]), (&json!("matched"), &placed["tradeId"]));
    assert_eq!(sold["matchedPrice"], 10_000);
}

#[tokio::test]
async fn a_sale_at_less_gets_the_resting_bids_price() {
    let floor = Floor::open().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    floor.rest(&buyer, "buy", 12_000).await;
    let placed = floor.place(&seller, "sell", 10_000).await.expect(201).json();
    assert_eq!(placed["matchedPrice"], 12_000);
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 12_360, 0));
}

#[tokio::test]
async fn best_price_first_then_the_oldest() {
    let floor = Floor::trading().await;
    let (buyer, sellers) = (floor.trader().await, floor.traders(4).await);
    let mut asks = Vec::new();
    for (seller, price) in sellers.iter().zip([11_000, 10_000, 10_000, 9_000]) {
        asks.push(floor.rest(seller, "sell", price).await);
    }
    let mut met = Vec::new();
    for _ in 0..4 {
        let (_, trade) = floor.take(&buyer, "buy", 20_000).await;
        met.push(floor.trade(trade).await.matched().unwrap().sell);
    }
    assert_eq!(met, [asks[3], asks[1], asks[2], asks[0]]);
    assert_eq!(floor.record().await.meetings.len(), 4);
}
