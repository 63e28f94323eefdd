//! Another price against a match, a cancellation and other prices, at the same time.

use futures::future::join_all;
use serde_json::json;

use crate::tests::fixture::{Floor, PURSE, Trader, spawn};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_prices_at_once_leave_one_consistent_book() {
    let floor = Floor::trading().await;
    let mut traders: Vec<(Trader, _)> = Vec::new();
    for n in 0..10 {
        let trader = floor.trader().await;
        let (side, price) = if n % 2 == 0 { ("buy", 10_000) } else { ("sell", 100_000) };
        let order = floor.rest(&trader, side, price + n * 1_000).await;
        traders.push((trader, order));
    }
    let requests: Vec<_> = (0..200_i64)
        .map(|n| {
            let (trader, order) = &traders[usize::try_from(n % 10).unwrap()];
            spawn(floor.repricing(trader, *order, 40_000 + n * 7 % 31 * 1_000))
        })
        .collect();
    let mut repriced = 0;
    for reply in join_all(requests).await {
        let reply = reply.unwrap();
        match (reply.status(), reply.json()["code"].as_str()) {
            (200, _) => repriced += 1,
            (409, Some("order-not-open" | "price-unchanged")) => {}
            other => panic!("{other:?}: {}", reply.text()),
        }
    }
    assert!(repriced >= 10, "{repriced}");
    for (trader, order) in &traders {
        let view = floor.read(trader, *order).await;
        let held = match view["side"].as_str() {
            Some("buy") => view["price"].as_i64().unwrap() * 103 / 100,
            _ => view["deposit"].as_i64().unwrap(),
        };
        assert_eq!(floor.purse(trader).await, (PURSE - held, held), "{view}");
    }
    // The trades are those of a book in which one thing happened after another.
    floor.record().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_match_a_cancellation_and_another_price_each_knows_of_the_others() {
    for round in 0..8 {
        let floor = Floor::trading().await;
        let [buyer, seller] = [floor.trader().await, floor.trader().await];
        let ask = floor.rest(&seller, "sell", 10_000).await;
        let cancel = format!("orders/{ask}/cancel");
        let buying = floor.ask("buy-now", &buyer).json(floor.now_body("buy-now", &buyer, 10_000));
        let [repriced, cancelled, bought] = [
            spawn(floor.repricing(&seller, ask, 12_000)),
            spawn(floor.ask(&cancel, &seller)),
            spawn(buying),
        ];
        let [repriced, cancelled, bought] =
            [repriced.await.unwrap(), cancelled.await.unwrap(), bought.await.unwrap()];
        let text = [repriced.text(), cancelled.text(), bought.text()].join(" ");
        // It ends once: sold at the price that it had, or cancelled at either.
        let ends = [cancelled.status() == 200, bought.status() == 201];
        assert_eq!(ends.iter().filter(|ended| **ended).count(), 1, "{text}");
        match bought.status() {
            201 => {
                assert_eq!(bought.json()["matchedPrice"], json!(10_000), "{round}: {text}");
                assert_eq!(repriced.status(), 409, "{round}: {text}");
                assert_eq!(floor.purse(&seller).await, (PURSE - 1_000, 1_000));
            }
            _ => assert_eq!(floor.purse(&seller).await, (PURSE, 0), "{round}: {text}"),
        }
        floor.record().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_pays_a_price_that_an_ask_has_left_for_a_higher_one() {
    for _ in 0..8 {
        let floor = Floor::trading().await;
        let seller = floor.trader().await;
        let ask = floor.rest(&seller, "sell", 10_000).await;
        let mut requests = vec![spawn(floor.repricing(&seller, ask, 30_000))];
        for _ in 0..4 {
            let buyer = floor.trader().await;
            let body = floor.now_body("buy-now", &buyer, 10_000);
            requests.push(spawn(floor.ask("buy-now", &buyer).json(body)));
        }
        requests.push(spawn(floor.repricing(&seller, ask, 20_000)));
        for reply in join_all(requests).await {
            let reply = reply.unwrap();
            if reply.status() == 201 {
                assert_eq!(reply.json()["matchedPrice"], json!(10_000), "{}", reply.text());
            } else {
                assert!(reply.status() < 500, "{}", reply.text());
            }
        }
        floor.record().await;
    }
}
