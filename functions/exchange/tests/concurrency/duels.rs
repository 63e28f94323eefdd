//! Who gets it when two want the same.

use futures::future::{join, join_all};
use kernel::Span;

use crate::tests::fixture::{Floor, id_of, spawn};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_buyers_on_one_ask() {
    let floor = Floor::bare().await;
    let seller = floor.trader().await;
    floor.rest(&seller, "sell", 10_000).await;
    let buyers = floor.traders(100).await;
    let order = |buyer| floor.ask("orders", buyer).json(floor.order(buyer, "buy", 10_000));
    let requests: Vec<_> = buyers.iter().map(|buyer| spawn(order(buyer))).collect();
    let mut states = Vec::new();
    for answer in join_all(requests).await {
        states.push(answer.unwrap().expect(201).json()["state"].as_str().unwrap().to_owned());
    }
    assert_eq!(states.iter().filter(|state| *state == "matched").count(), 1);
    assert_eq!(states.iter().filter(|state| *state == "open").count(), 99);
    assert_eq!(floor.record().await.meetings.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_buyers_take_one_ask_now() {
    let floor = Floor::bare().await;
    let seller = floor.trader().await;
    floor.rest(&seller, "sell", 10_000).await;
    let buyers = floor.traders(100).await;
    let body = |address| {
        serde_json::json!({
            "itemId": floor.item, "option": "270", "limitPrice": 10_000,
            "addressId": address, "funding": { "from": "wallet" },
        })
    };
    let requests =
        buyers.iter().map(|buyer| spawn(floor.ask("buy-now", buyer).json(body(buyer.address))));
    let requests: Vec<_> = requests.collect();
    let mut won = 0;
    for answer in join_all(requests).await {
        let answer = answer.unwrap();
        match answer.status() {
            201 => won += 1,
            _ => assert_eq!(
                answer.expect_problem(409, "price-moved").json()["best"],
                serde_json::Value::Null
            ),
        }
    }
    assert_eq!(won, 1);
    for buyer in &buyers {
        let (available, held) = floor.purse(buyer).await;
        assert_eq!(available + held, crate::tests::fixture::PURSE);
        assert!(held == 0 || held == 10_300);
    }
    assert_eq!(floor.record().await.meetings.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cancellation_races_a_match() {
    let (mut cancelled, mut matched) = (0, 0);
    for round in 0..40 {
        let floor = Floor::bare().await;
        let (seller, buyer) = (floor.trader().await, floor.trader().await);
        let bid = floor.rest(&buyer, "buy", 10_000).await;
        let sale = spawn(floor.ask("orders", &seller).json(floor.order(&seller, "sell", 10_000)));
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        let end = spawn(floor.ask(&format!("orders/{bid}/cancel"), &buyer));
        let (sale, end) = join(sale, end).await;
        let (sale, end) = (sale.unwrap().expect(201).json(), end.unwrap());
        match sale["state"].as_str().unwrap() {
            "matched" => {
                assert_eq!(end.expect_problem(409, "order-not-open").json()["state"], "matched");
                assert_eq!(floor.purse(&buyer).await.1, 10_300);
                matched += 1;
            }
            _ => {
                end.expect(200);
                assert_eq!(floor.purse(&buyer).await, (crate::tests::fixture::PURSE, 0));
                cancelled += 1;
            }
        }
        floor.record().await;
    }
    println!("{cancelled} cancelled, {matched} matched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_expiry_races_a_match() {
    for before in [Span::millis(1), Span::millis(0)] {
        let floor = Floor::bare().await;
        let (seller, buyer) = (floor.trader().await, floor.trader().await);
        let bid = floor.rest(&buyer, "buy", 10_000).await;
        // Up to the last millisecond the order can be met, from its end on it cannot.
        floor.clock.set(floor.now() + Span::days(30) - before);
        let sale = floor.ask("orders", &seller).json(floor.order(&seller, "sell", 10_000));
        let sweep = floor.invoke("exchange-sweep-due-orders", serde_json::json!({}));
        let (sale, swept) = join(spawn(sale), sweep).await;
        swept.unwrap();
        let sale = sale.unwrap().expect(201).json();
        if before > Span::millis(0) {
            assert_eq!(
                (sale["state"].as_str(), floor.state(bid).await),
                (Some("matched"), "matched")
            );
        } else {
            assert_eq!((sale["state"].as_str(), floor.state(bid).await), (Some("open"), "expired"));
            assert_eq!(floor.purse(&buyer).await, (crate::tests::fixture::PURSE, 0));
        }
        floor.record().await;
    }
}

/// The owner's two sides meet nobody's but others': a cross of one's own is refused.
#[tokio::test]
async fn nobody_trades_with_themselves() {
    let floor = Floor::bare().await;
    let (both, other) = (floor.trader().await, floor.trader().await);
    let ask = floor.rest(&both, "sell", 10_000).await;
    floor.place(&both, "buy", 10_000).await.expect_problem(409, "self-trade");
    floor.place(&both, "buy", 99_000).await.expect_problem(409, "self-trade");
    assert_eq!(floor.purse(&both).await, (crate::tests::fixture::PURSE - 1_000, 1_000));
    floor.rest(&both, "buy", 9_000).await;
    // A better ask of somebody else's comes first.
    floor.rest(&other, "sell", 9_500_000).await;
    floor.place(&other, "sell", 9_000).await.expect(201);
    assert_eq!(floor.state(ask).await, "open");
    floor.record().await;
}

/// Orders on two sizes at once: each size is matched by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_instruments_do_not_disturb_each_other() {
    let floor = Floor::bare().await;
    let traders = floor.traders(20).await;
    let alone = |option: &'static str| {
        let orders = traders.iter().enumerate().map(|(index, trader)| {
            let side = if index % 2 == 0 { "buy" } else { "sell" };
            let mut body = floor.order(trader, side, 10_000);
            body["option"] = option.into();
            spawn(floor.ask("orders", trader).json(body))
        });
        orders.collect::<Vec<_>>()
    };
    let tasks: Vec<_> = alone("270").into_iter().chain(alone("280")).collect();
    let mut open = 0;
    for answer in join_all(tasks).await {
        let placed = answer.unwrap().expect(201).json();
        let _ = id_of(&placed);
        open += usize::from(placed["state"] == "open");
    }
    assert_eq!(open, 20, "half of each size rests first");
    let rows = floor.rows().await;
    assert_eq!(rows.under(store::Table::Exchange, "book#").len(), 0);
}
