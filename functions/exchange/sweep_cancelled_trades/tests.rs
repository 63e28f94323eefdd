//! F6: what the event of a cancelled trade carries is found by its state when the event is lost.
//! Lost here: it never leaves the outbox.

use kernel::Span;
use serde_json::json;

use crate::tests::fixture::Floor;

const RELAY: &str = "operation-relay-outbox";
const PATIENCE: Span = Span::minutes(10);
const NEARLY: Span = Span::seconds(599);

async fn run_after(floor: &Floor, span: Span) {
    floor.clock.advance(span);
    floor.invoke("exchange-sweep-cancelled-trades", json!({})).await.unwrap();
}

#[tokio::test]
async fn f6_an_ask_whose_return_was_lost_is_back_and_first_in_line() {
    let floor = Floor::open().await;
    let [seller, other, buyer] = [floor.trader().await, floor.trader().await, floor.beggar().await];
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let younger = floor.rest(&other, "sell", 10_000).await;
    let (_, trade) = floor.take_by_card(&buyer, 12_000).await;
    floor.run_until_idle().await;
    floor.cloud.pause(RELAY);
    floor.decline(trade).await;
    run_after(&floor, NEARLY).await;
    assert_eq!(floor.state(ask).await, "matched", "the event has its time");
    run_after(&floor, Span::seconds(1)).await;
    assert_eq!(floor.state(ask).await, "open");
    // The event comes after all, and the sweep once more: it is matched once.
    floor.cloud.resume(RELAY);
    floor.run_until_idle().await;
    run_after(&floor, PATIENCE).await;
    let taker = floor.trader().await;
    let (first, _) = floor.take(&taker, "buy", 10_000).await;
    assert!(floor.met(first, ask).await && !floor.met(first, younger).await);
    floor.run_until_idle().await;
    run_after(&floor, PATIENCE).await;
    assert_eq!((floor.state(ask).await, floor.state(younger).await), ("matched", "open"));
    floor.record().await;
}

#[tokio::test]
async fn f6_the_debtors_orders_end_though_nobody_was_told() {
    let floor = Floor::open().await;
    let seller = floor.beggar().await;
    let buyer = floor.trader().await;
    floor.fund(seller.user.id, 1_000 + 5_150).await;
    floor.rest(&seller, "sell", 10_000).await;
    let open = floor.rest(&seller, "buy", 5_000).await;
    let (_, trade) = floor.take(&buyer, "buy", 10_000).await;
    floor.run_until_idle().await;
    floor.cloud.pause(RELAY);
    floor.inspect(trade, &seller, "counterfeit").await;
    assert_eq!(floor.state(open).await, "open");
    run_after(&floor, PATIENCE).await;
    assert_eq!(floor.state(open).await, "cancelled");
    floor.cloud.resume(RELAY);
    floor.run_until_idle().await;
}

/// After an hour nobody waits for it any more.
#[tokio::test]
async fn what_failed_long_ago_is_not_bought_again() {
    for (minutes, bought) in [(20, true), (61, false)] {
        let floor = Floor::open().await;
        let [seller, other, buyer] =
            [floor.trader().await, floor.trader().await, floor.trader().await];
        floor.rest(&seller, "sell", 10_000).await;
        let mut body = floor.order(&buyer, "buy", 10_000);
        body["buyAgain"] = true.into();
        let placed = floor.ask("orders", &buyer).json(body).send().await.expect(201).json();
        let trade = placed["tradeId"].as_str().unwrap().parse().unwrap();
        floor.run_until_idle().await;
        let next = floor.rest(&other, "sell", 10_000).await;
        floor.run_until_idle().await;
        floor.clock.advance(Span::seconds(1));
        floor.cloud.pause(RELAY);
        floor.inspect(trade, &seller, "mismatch").await;
        run_after(&floor, Span::minutes(minutes)).await;
        assert_eq!(floor.state(next).await == "matched", bought, "{minutes}");
        floor.cloud.resume(RELAY);
        floor.run_until_idle().await;
    }
}
