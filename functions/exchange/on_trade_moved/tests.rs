use events::Envelope;
use kernel::{Instant, Span};
use local::{Fault, FaultKind};
use serde_json::{Value, json};
use store::Table;

use super::*;
use crate::tests::fixture::Floor;

/// Trades of one hour, one day and two days; their prices say in which order they were paid.
fn history(floor: &Floor) -> Vec<Envelope> {
    let start: Instant = "2026-11-20T13:10:00.000Z".parse().unwrap();
    let rows = [(1, 0, 100), (2, 5, 130), (3, 9, 90), (4, 45, 110), (5, 120, 95), (6, 121, 97)];
    let paid = rows.map(|(number, minutes, price): (u128, i64, i64)| {
        floor.paid(number, price * 1_000, start + Span::minutes(minutes))
    });
    paid.to_vec()
}

fn bar(start: &str, [open, high, low, close]: [i64; 4], volume: u32) -> Value {
    json!({
        "start": start, "open": open * 1_000, "high": high * 1_000, "low": low * 1_000,
        "close": close * 1_000, "volume": volume,
    })
}

async fn check(floor: &Floor, what: &str) {
    let hours = floor.view("history?bucket=hour").await.expect(200).json();
    let due = [
        bar("2026-11-20T13:00:00.000Z", [100, 130, 90, 110], 4),
        bar("2026-11-20T15:00:00.000Z", [95, 97, 95, 97], 2),
    ];
    assert_eq!(hours["bars"], json!(due), "{what}");
    let days = floor.view("history?bucket=day").await.expect(200).json();
    // In Seoul the second hour is another day.
    let due = [
        bar("2026-11-19T15:00:00.000Z", [100, 130, 90, 110], 4),
        bar("2026-11-20T15:00:00.000Z", [95, 97, 95, 97], 2),
    ];
    assert_eq!(days["bars"], json!(due), "{what}");
    let prices = floor.prices().await;
    assert_eq!(prices["lastPrice"], 97_000, "{what}");
    assert_eq!(prices["lastAt"], "2026-11-20T15:11:00.000Z", "{what}");
}

#[tokio::test]
async fn trades_in_any_order_and_often_make_the_same_bars() {
    for seed in 0..6 {
        let floor = Floor::open().await;
        floor.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        let mut events = history(&floor);
        let turn = usize::try_from(seed).unwrap() % events.len();
        events.rotate_left(turn);
        for event in &events {
            floor.publish(event).await;
        }
        floor.run_until_idle().await;
        for event in events.iter().rev() {
            floor.publish(event).await;
        }
        floor.run_until_idle().await;
        check(&floor, &format!("seed {seed}")).await;
        assert_eq!(
            floor.rows().await.under(Table::Exchange, store::keys::RECENT_TRADES_PREFIX).len(),
            6
        );
    }
}

#[tokio::test]
async fn only_paid_trades_of_two_orders_are_history() {
    let floor = Floor::open().await;
    let now = floor.now();
    for step in [TradeStep::Opened, TradeStep::Shipped, TradeStep::Settled] {
        floor.publish(&floor.step(1, 100_000, step, now)).await;
    }
    let mut auction: TradeMoved = floor.paid(2, 100_000, now).open().unwrap();
    auction.trade.exchange = None;
    floor.publish(&Envelope::new(uuid::Uuid::from_u128(9), now, &auction)).await;
    floor.run_until_idle().await;
    assert!(
        floor.rows().await.under(Table::Exchange, store::keys::RECENT_TRADES_PREFIX).is_empty()
    );
    assert_eq!(floor.prices().await["lastPrice"], Value::Null);
}

#[tokio::test]
async fn two_orders_that_meet_and_are_paid_are_history() {
    let floor = Floor::open().await;
    let [anna, bora] = [floor.trader().await, floor.trader().await];
    floor.rest(&anna, "sell", 100_000).await;
    floor.take(&bora, "buy", 130_000).await;
    floor.run_until_idle().await;
    let page = floor.view("trades").await.expect(200).json();
    assert_eq!(page["items"][0]["price"], 100_000);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(floor.prices().await["lastPrice"], 100_000);
}

#[tokio::test]
async fn a_failure_at_any_call_is_made_up_for() {
    let calls = [
        ("dynamodb:BatchGetItem", 1, FaultKind::Unprocessed),
        ("dynamodb:BatchGetItem", 3, FaultKind::Throttle),
        ("dynamodb:TransactWriteItems", 1, FaultKind::TimeoutAfter),
        ("dynamodb:TransactWriteItems", 2, FaultKind::TimeoutBefore),
        ("dynamodb:TransactWriteItems", 3, FaultKind::Conflict),
    ];
    for (action, nth, kind) in calls {
        let floor = Floor::open().await;
        floor.expect_failures();
        floor.cloud.adjust(|knobs| knobs.retry_visibility = Some(Span::seconds(1)));
        for _ in 0..12 {
            floor.cloud.faults().push(Fault::next(action, kind).nth(nth).on(Table::Exchange));
        }
        for event in history(&floor) {
            floor.publish(&event).await;
        }
        floor.run_until_idle().await;
        assert!(!floor.cloud.faults().injected().is_empty(), "{action}");
        floor.cloud.faults().clear();
        floor.advance(Span::seconds(10)).await;
        check(&floor, &format!("{action} {nth} {kind:?}")).await;
    }
}

#[tokio::test]
async fn an_option_that_there_is_not_is_given_up() {
    let floor = Floor::open().await;
    floor.expect_failures();
    floor.expect_dead(&super::FUNCTION.id());
    let mut moved: TradeMoved = floor.paid(1, 100_000, floor.now()).open().unwrap();
    if let Some(exchange) = &mut moved.trade.exchange {
        exchange.option = "gigantic".to_owned();
    }
    floor.publish(&Envelope::new(uuid::Uuid::from_u128(9), floor.now(), &moved)).await;
    floor.run_until_idle().await;
    floor.advance(Span::hours(1)).await;
}
