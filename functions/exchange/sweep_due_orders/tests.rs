use futures::future::{join, join_all};
use kernel::{OrderId, Span};
use serde_json::json;

use crate::tests::fixture::{Floor, PURSE, Trader, id_of, spawn};

/// An order to buy at `price` for a day.
async fn for_a_day(floor: &Floor, buyer: &Trader, price: i64) -> OrderId {
    let mut body = floor.order(buyer, "buy", price);
    body["expiresInDays"] = 1.into();
    id_of(&floor.ask("orders", buyer).json(body).send().await.expect(201).json())
}

#[tokio::test]
async fn what_is_past_its_time_ends_and_its_money_is_free() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let short = for_a_day(&floor, &buyer, 10_000).await;
    let long = floor.rest(&buyer, "buy", 9_000).await;
    let ask = floor.rest(&seller, "sell", 20_000).await;
    floor.turn_before_end(short, Span::millis(1)).await;
    floor.sweep().await;
    assert_eq!(floor.state(short).await, "open");
    floor.turn_past_end(short, Span::millis(0)).await;
    // Twice is once.
    for _ in 0..2 {
        floor.sweep().await;
        assert_eq!((floor.state(short).await, floor.state(long).await), ("expired", "open"));
        assert_eq!(floor.purse(&buyer).await, (PURSE - 9_270, 9_270));
    }
    floor.turn_past_end(long, Span::millis(0)).await;
    floor.sweep().await;
    assert_eq!((floor.state(long).await, floor.state(ask).await), ("expired", "expired"));
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
    floor.record().await;
}

#[tokio::test]
async fn it_runs_every_minute() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bid = for_a_day(&floor, &buyer, 10_000).await;
    floor.turn_before_end(bid, Span::seconds(30)).await;
    floor.advance(Span::seconds(91)).await;
    assert_eq!((floor.state(bid).await, floor.purse(&buyer).await), ("expired", (PURSE, 0)));
}

#[tokio::test]
async fn an_outage_of_days_is_caught_up_with() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let bids = [
        for_a_day(&floor, &buyer, 10_000).await,
        for_a_day(&floor, &buyer, 10_000).await,
        for_a_day(&floor, &buyer, 9_000).await,
    ];
    floor.turn_past_end(bids[0], Span::days(7)).await;
    floor.sweep().await;
    for bid in bids {
        assert_eq!(floor.state(bid).await, "expired");
    }
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
}

/// What a longer outage leaves behind is in nobody's way, and its owner can free it.
#[tokio::test]
async fn what_is_too_old_for_the_sweep_is_met_by_nobody() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let first = for_a_day(&floor, &buyer, 10_000).await;
    let second = for_a_day(&floor, &buyer, 8_000).await;
    floor.turn_past_end(first, Span::days(9)).await;
    floor.sweep().await;
    assert_eq!((floor.state(first).await, floor.state(second).await), ("open", "open"));
    // Whoever looks for the best bid ends all that is over on the way.
    let ask = floor.rest(&seller, "sell", 9_000).await;
    assert_eq!((floor.state(first).await, floor.state(ask).await), ("expired", "open"));
    let third = for_a_day(&floor, &buyer, 8_000).await;
    floor.turn_past_end(third, Span::days(9)).await;
    assert_eq!(floor.cancel(&buyer, third).await.expect(200).json()["state"], "expired");
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
    floor.record().await;
}

#[tokio::test]
async fn many_runs_at_once_are_one() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let mut bids = Vec::new();
    // More than a page.
    for _ in 0..60 {
        bids.push(for_a_day(&floor, &buyer, 10_000).await);
    }
    floor.turn_past_end(bids[0], Span::millis(0)).await;
    let runs = (0..8).map(|_| floor.invoke("exchange-sweep-due-orders", json!({})));
    for run in join_all(runs).await {
        run.unwrap();
    }
    assert_eq!((floor.purse(&buyer).await, floor.book().await), ((PURSE, 0), 0));
}

/// An order whose time came while somebody cancels it and somebody else would meet it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sweep_races_a_cancellation_and_a_match() {
    for round in 0..12 {
        let floor = Floor::trading().await;
        let (buyer, seller) = (floor.trader().await, floor.trader().await);
        let bid = floor.rest(&buyer, "buy", 10_000).await;
        let over = round % 2 == 1;
        floor.turn_before_end(bid, Span::millis(i64::from(!over))).await;
        let cancel = spawn(floor.ask(&format!("orders/{bid}/cancel"), &buyer));
        let sale = floor.ask("orders", &seller).json(floor.order(&seller, "sell", 10_000));
        let sale = spawn(sale);
        let ((cancel, sale), ()) = join(join(cancel, sale), floor.sweep()).await;
        let (cancel, sale) = (cancel.unwrap(), sale.unwrap().expect(201).json());
        let state = floor.state(bid).await;
        assert_eq!(cancel.json()["state"], state, "{}", cancel.text());
        let (met, money) = match state {
            "matched" => ("matched", (PURSE - 10_300, 10_300)),
            "cancelled" | "expired" => ("open", (PURSE, 0)),
            other => panic!("{other}"),
        };
        assert_eq!((&sale["state"], floor.purse(&buyer).await), (&json!(met), money));
        assert_eq!(state == "expired", over, "{state}");
        floor.record().await;
    }
}

#[tokio::test]
async fn f10_an_expired_order_tells_its_owner_once_and_again_until_it_is_known() {
    let floor = Floor::trading_and_told().await;
    let [buyer, seller] = [floor.trader().await, floor.trader().await];
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    let ask = floor.rest(&seller, "sell", 20_000).await;
    // A cancelled one expires, too, when its time is over.
    let late = floor.rest(&buyer, "buy", 9_000).await;
    floor.turn_past_end(late, Span::millis(0)).await;
    floor.cancel(&buyer, late).await.expect(200);
    floor.sweep().await;
    floor.run_until_idle().await;
    let told = floor.notices(&buyer, "order-expired").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|body| body.contains("10,300원이 지갑으로")), "{told:?}");
    assert_eq!(floor.notices(&seller, "order-expired").await.len(), 1);
    assert_eq!(floor.sent::<events::OrderExpired>().await.len(), 3);
    // Ten minutes later the sweep finds the notices, and looks no more.
    assert_eq!(floor.untold().await, 3);
    floor.clock.advance(Span::minutes(20));
    floor.sweep_on_the_tenth_minute().await;
    assert_eq!(floor.untold().await, 0);
    for (who, order) in [(&buyer, bid), (&seller, ask)] {
        assert_eq!(floor.read(who, order).await["state"], "expired");
    }
    assert_eq!(floor.notices(&buyer, "order-expired").await.len(), 2);
}

#[tokio::test]
async fn f10_an_expiry_that_was_lost_on_its_way_is_told_by_the_sweep() {
    let floor = Floor::trading_and_told().await;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 10_000).await;
    floor.cloud.pause("operation-relay-outbox");
    floor.cloud.pause("operation-sweep-outbox");
    floor.turn_past_end(bid, Span::millis(0)).await;
    floor.sweep().await;
    floor.sweep_on_the_tenth_minute().await;
    assert!(floor.notices(&buyer, "order-expired").await.is_empty(), "not yet ten minutes");
    floor.clock.advance(Span::minutes(20));
    floor.sweep_on_the_tenth_minute().await;
    floor.run_until_idle().await;
    assert_eq!(floor.notices(&buyer, "order-expired").await.len(), 1);
    floor.cloud.resume("operation-relay-outbox");
    floor.cloud.resume("operation-sweep-outbox");
    floor.run_until_idle().await;
    assert_eq!(floor.notices(&buyer, "order-expired").await.len(), 1);
}
