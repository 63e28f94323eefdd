use domain::ledger::HoldState;
use futures::future::{join, join_all};
use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{Floor, PURSE, spawn};

#[tokio::test]
async fn what_is_held_is_free_again() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let ask = floor.rest(&seller, "sell", 11_000).await;
    for (who, order) in [(&buyer, bid), (&seller, ask)] {
        let view = floor.cancel(who, order).await.expect(200).json();
        assert_eq!((&view["state"], &view["id"]), (&json!("cancelled"), &json!(order)));
        assert_eq!(floor.purse(who).await, (PURSE, 0));
    }
    assert_eq!(floor.hold(bid).await, Some(HoldState::Released));
    assert_eq!((floor.hold(ask).await, floor.book().await), (None, 0));
    // The bounds that say more than is there are in nobody's way.
    floor.rest(&seller, "sell", 10_000).await;
    floor.rest(&buyer, "buy", 9_000).await;
    floor.record().await;
}

#[tokio::test]
async fn the_same_request_is_answered_alike() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let (bid, other) =
        (floor.rest(&buyer, "buy", 10_000).await, floor.rest(&buyer, "buy", 9_000).await);
    let send = |order| floor.ask_under("k", &format!("orders/{order}/cancel"), &buyer).send();
    let first = send(bid).await.expect(200);
    let again = send(bid).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    send(other).await.expect_problem(422, "idempotency-key-reused");
    assert_eq!(floor.state(other).await, "open");
    let twice = floor.cancel(&buyer, bid).await.expect_problem(409, "order-not-open");
    assert_eq!(twice.json()["state"], "cancelled");
    assert_eq!(floor.purse(&buyer).await, (PURSE - 9_270, 9_270));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_repetitions_at_once_are_one() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let path = format!("orders/{bid}/cancel");
    let send = || spawn(floor.ask_under("k", &path, &buyer));
    let requests: Vec<_> = (0..64).map(|_| send()).collect();
    let replies = join_all(requests).await.into_iter().map(|reply| reply.unwrap().expect(200));
    let fresh = replies.filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_cancellations_at_once_one_wins_and_the_others_are_told_so() {
    for _ in 0..8 {
        let floor = Floor::trading().await;
        let buyer = floor.trader().await;
        let bid = floor.rest(&buyer, "buy", 10_000).await;
        let path = format!("orders/{bid}/cancel");
        let send = || spawn(floor.ask(&path, &buyer));
        let requests: Vec<_> = (0..16).map(|_| send()).collect();
        let mut won = 0;
        for reply in join_all(requests).await {
            let reply = reply.unwrap();
            match reply.status() {
                200 => won += 1,
                _ => assert_eq!(
                    reply.expect_problem(409, "order-not-open").json()["state"],
                    "cancelled"
                ),
            }
        }
        assert_eq!((won, floor.purse(&buyer).await), (1, (PURSE, 0)));
    }
}

#[tokio::test]
async fn an_order_of_somebody_else_is_not_there() {
    let floor = Floor::trading().await;
    let (buyer, other) = (floor.trader().await, floor.trader().await);
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    floor.cancel(&other, bid).await.expect_problem(404, "order-not-found");
    let none = kernel::Id::from_uuid(uuid::Uuid::from_u128(1));
    floor.cancel(&buyer, none).await.expect_problem(404, "order-not-found");
    let nonsense = floor.ask("orders/x/cancel", &buyer).send().await;
    assert!(matches!(nonsense.status(), 400 | 404), "{}", nonsense.text());
    let path = format!("/v1/exchange/orders/{bid}/cancel");
    let keyless = floor.post(&path).bearer(&floor.token_of(&buyer)).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    floor.post(&path).key("k").send().await.expect_problem(401, "unauthenticated");
    assert_eq!((floor.state(bid).await, floor.purse(&buyer).await.1), ("open", 10_300));
}

#[tokio::test]
async fn what_was_matched_stays_matched() {
    let floor = Floor::open().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let (ask, _) = floor.take(&seller, "sell", 10_000).await;
    for _ in 0..2 {
        for (who, order) in [(&buyer, bid), (&seller, ask)] {
            let late = floor.cancel(who, order).await.expect_problem(409, "order-not-open");
            assert_eq!(late.json()["state"], "matched");
        }
        floor.run_until_idle().await;
    }
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300, 0));
}

#[tokio::test]
async fn past_its_time_an_order_expires_whoever_asks() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    floor.turn_past_end(bid, Span::millis(0)).await;
    let view = floor.cancel(&buyer, bid).await.expect(200).json();
    assert_eq!(view["state"], "expired");
    assert_eq!((floor.state(bid).await, floor.purse(&buyer).await), ("expired", (PURSE, 0)));
    let late = floor.cancel(&buyer, bid).await.expect_problem(409, "order-not-open");
    assert_eq!(late.json()["state"], "expired");
}

#[tokio::test]
async fn to_its_last_millisecond_an_order_is_cancelled() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    floor.turn_before_end(bid, Span::millis(1)).await;
    assert_eq!(floor.cancel(&buyer, bid).await.expect(200).json()["state"], "cancelled");
}

/// Whoever comes second is told what became of the order, not what usually does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_that_loses_to_the_sweep_says_expired() {
    for _ in 0..16 {
        let floor = Floor::trading().await;
        let buyer = floor.trader().await;
        let bid = floor.rest(&buyer, "buy", 10_000).await;
        floor.turn_past_end(bid, Span::millis(0)).await;
        let cancel = spawn(floor.ask(&format!("orders/{bid}/cancel"), &buyer));
        let (cancel, ()) = join(cancel, floor.sweep()).await;
        let cancel = cancel.unwrap();
        if cancel.status() != 200 {
            cancel.clone().expect_problem(409, "order-not-open");
        }
        assert_eq!(cancel.json()["state"], "expired", "{}", cancel.text());
        assert_eq!((floor.state(bid).await, floor.purse(&buyer).await), ("expired", (PURSE, 0)));
    }
}
