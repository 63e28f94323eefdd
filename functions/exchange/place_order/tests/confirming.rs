//! Prices that slips make (F4): refused, unless they are meant.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PURSE, Trader, id_of, spawn};

/// The body of an order that says nothing of its price.
fn unsaid(floor: &Floor, who: &Trader, side: &str, price: i64) -> Value {
    let mut body = floor.order(who, side, price);
    body.as_object_mut().unwrap().remove("confirm");
    body
}

async fn slip(floor: &Floor, who: &Trader, side: &str, price: i64) -> testkit::Reply {
    floor.ask("orders", who).json(unsaid(floor, who, side, price)).send().await
}

/// 6,980,000 for 698,000: it would have been matched, or have rested as the best bid.
#[tokio::test]
async fn f4_a_bid_that_would_be_matched_is_confirmed_first() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    floor.rest(&seller, "sell", 698_000).await;
    floor.run_until_idle().await;
    for price in [698_000, 6_980_000] {
        let problem =
            slip(&floor, &buyer, "buy", price).await.expect_problem(409, "confirm-price").json();
        assert_eq!(problem["wouldMatchAt"], 698_000, "{problem}");
        assert_eq!(
            (&problem["lowestAsk"], &problem["highestBid"]),
            (&json!(698_000), &json!(null))
        );
        assert_eq!(problem["lastTrade"], Value::Null);
    }
    assert_eq!((floor.purse(&buyer).await, floor.trades().await), ((PURSE, 0), 0));
    // Below the ask it is no slip; meant, it is matched, under the key of the refused request too.
    slip(&floor, &buyer, "buy", 697_000).await.expect(201);
    let mut body = unsaid(&floor, &buyer, "buy", 700_000);
    let send = |body: &Value| floor.ask_under("k", "orders", &buyer).json(body.clone()).send();
    send(&body).await.expect_problem(409, "confirm-price").json();
    body["confirm"] = json!(true);
    assert_eq!(send(&body).await.expect(201).json()["matchedPrice"], 698_000);
}

#[tokio::test]
async fn f4_an_ask_that_would_be_matched_is_confirmed_first() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    floor.rest(&buyer, "buy", 698_000).await;
    for price in [698_000, 69_000] {
        let problem = slip(&floor, &seller, "sell", price).await;
        let problem = problem.expect_problem(409, "confirm-price").json();
        assert_eq!(problem["wouldMatchAt"], 698_000, "{problem}");
    }
    slip(&floor, &seller, "sell", 699_000).await.expect(201);
    assert_eq!(floor.trades().await, 0);
}

/// More than a tenth off the last trade, either way; without a trade nothing is off.
#[tokio::test]
async fn f4_a_price_off_the_last_trade_is_confirmed_first() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    slip(&floor, &buyer, "buy", 1_000).await.expect(201);
    floor.rest(&seller, "sell", 100_000).await;
    floor.take(&buyer, "buy", 100_000).await;
    floor.run_until_idle().await;
    for (side, price, taken) in [
        ("buy", 90_000, true),
        ("buy", 89_000, false),
        ("sell", 110_000, true),
        ("sell", 111_000, false),
        ("sell", 1_000_000, false),
    ] {
        let reply = slip(&floor, &buyer, side, price).await;
        if taken {
            reply.expect(201);
            continue;
        }
        let problem = reply.expect_problem(409, "confirm-price").json();
        assert_eq!(
            (&problem["lastTrade"], &problem["wouldMatchAt"]),
            (&json!(100_000), &json!(null))
        );
        let mut body = unsaid(&floor, &buyer, side, price);
        body["confirm"] = json!(true);
        floor.ask("orders", &buyer).json(body).send().await.expect(201);
    }
}

/// The limit of these says what is meant.
#[tokio::test]
async fn what_takes_the_best_at_once_needs_no_confirmation() {
    let floor = Floor::trading().await;
    let (buyer, seller) = floor.pair().await;
    floor.rest(&seller, "sell", 100_000).await;
    floor.at_once("buy-now", &buyer, 5_000_000).await.expect(201);
    floor.rest(&buyer, "buy", 100_000).await;
    floor.at_once("sell-now", &seller, 1_000).await.expect(201);
    let mut body = floor.now_body("buy-now", &buyer, 1_000);
    body["confirm"] = json!(true);
    let reply = floor.ask("buy-now", &buyer).json(body).send().await;
    reply.expect_problem(400, "invalid-request");
}

/// Whatever the book does meanwhile, nobody is matched who has not said so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f4_of_bids_and_asks_at_once_none_meets_unconfirmed() {
    for _ in 0..8 {
        let floor = Floor::bare().await;
        let traders = floor.traders(16).await;
        let requests = traders.iter().enumerate().map(|(number, who)| {
            let side = if number % 2 == 0 { "buy" } else { "sell" };
            spawn(floor.ask("orders", who).json(unsaid(&floor, who, side, 100_000)))
        });
        let mut rested = 0;
        for reply in join_all(requests.collect::<Vec<_>>()).await {
            let reply = reply.unwrap();
            if reply.status() == 201 {
                let placed = reply.json();
                assert_eq!(placed["state"], "open", "{placed}");
                assert_eq!(floor.state(id_of(&placed)).await, "open");
                rested += 1;
            } else {
                reply.expect_problem(409, "confirm-price");
            }
        }
        assert!(rested > 0);
        assert_eq!((floor.trades().await, floor.book().await), (0, rested));
    }
}
