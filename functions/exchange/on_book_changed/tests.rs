use events::PriceFell;
use futures::future::join_all;
use kernel::Span;
use local::{Fault, FaultKind, RandomFaults};
use serde_json::{Value, json};
use store::Table;

use crate::tests::fixture::Floor;

const COUNTER: &str = "exchange-on-book-changed";
const SWEEP: &str = "exchange-sweep-due-orders";

#[tokio::test]
async fn depth_and_best_prices_follow_the_book() {
    let floor = Floor::open().await;
    let [anna, bora] = [floor.trader().await, floor.trader().await];
    assert_eq!(floor.best().await, (None, None));
    let first = floor.rest(&anna, "sell", 120_000).await;
    floor.rest(&anna, "sell", 120_000).await;
    floor.rest(&anna, "sell", 110_000).await;
    floor.rest(&bora, "buy", 90_000).await;
    let bid = floor.rest(&bora, "buy", 95_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.best().await, (Some(110_000), Some(95_000)));
    assert_eq!(floor.depth("sell").await, [(110_000, 1), (120_000, 2)]);
    assert_eq!(floor.depth("buy").await, [(95_000, 1), (90_000, 1)]);
    floor.take(&bora, "buy", 130_000).await;
    floor.cancel(&bora, bid).await.expect(200);
    floor.cancel(&anna, first).await.expect(200);
    floor.run_until_idle().await;
    assert_eq!(floor.best().await, (Some(120_000), Some(90_000)));
    assert_eq!(floor.depth("sell").await, [(120_000, 1)]);
    assert_eq!(floor.depth("buy").await, [(90_000, 1)]);
}

#[tokio::test]
async fn an_order_past_its_time_serves_nobody() {
    let floor = Floor::open().await;
    floor.cloud.pause(SWEEP);
    let anna = floor.trader().await;
    let mut body = floor.order(&anna, "sell", 100_000);
    body["expiresInDays"] = json!(1);
    floor.ask("orders", &anna).json(body).send().await.expect(201);
    floor.rest(&anna, "sell", 110_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.best().await.0, Some(100_000));
    floor.clock.advance(Span::hours(24));
    floor.rest(&anna, "sell", 120_000).await;
    floor.run_until_idle().await;
    // It is still there, and counted; it is no price any more.
    assert_eq!(floor.best().await.0, Some(110_000));
    assert_eq!(floor.depth("sell").await, [(100_000, 1), (110_000, 1), (120_000, 1)]);
    floor.cloud.resume(SWEEP);
    floor.advance(Span::minutes(2)).await;
    assert_eq!(floor.depth("sell").await, [(110_000, 1), (120_000, 1)]);
}

#[tokio::test]
async fn a_price_that_is_empty_is_forgotten_after_a_week_and_can_come_again() {
    let floor = Floor::open().await;
    let anna = floor.trader().await;
    let rows =
        || async { floor.rows().await.under(Table::Exchange, store::keys::DEPTH_PREFIX).len() };
    let order = floor.rest(&anna, "sell", 100_000).await;
    floor.cancel(&anna, order).await.expect(200);
    floor.run_until_idle().await;
    assert_eq!((floor.depth("sell").await, rows().await), (vec![], 1));
    floor.clock.advance(Span::days(8));
    floor.cloud.expire_items().unwrap();
    assert_eq!(rows().await, 0);
    floor.rest(&anna, "sell", 100_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.depth("sell").await, [(100_000, 1)]);
}

#[tokio::test]
async fn records_that_come_thrice_and_to_many_containers_end_in_the_truth() {
    let floor = Floor::open().await;
    let (second, _) = floor.another_container();
    floor.cloud.attach(second);
    floor.cloud.adjust(|knobs| knobs.stream_copies = 3);
    let traders = floor.traders(6).await;
    for round in 0..3 {
        floor.cloud.pause(COUNTER);
        let orders = traders.iter().enumerate().map(|(number, trader)| {
            let side = if number % 2 == 0 { "sell" } else { "buy" };
            let price = 100_000 + 1_000 * i64::try_from((number + round) % 3).unwrap();
            floor.place(trader, side, price)
        });
        for placed in join_all(orders).await {
            placed.expect(201);
        }
        floor.cloud.resume(COUNTER);
        floor.run_until_idle().await;
    }
}

/// The image of every row of the book, as the stream shows it.
fn images(floor: &Floor) -> Vec<Value> {
    let items = floor.cloud.items(Table::Exchange).unwrap().into_iter();
    items.filter(|item| item["pk"]["S"].as_str().unwrap().starts_with("book#")).collect()
}

fn record(sequence: usize, old: Option<&Value>, new: Option<&Value>) -> Value {
    let row = new.or(old).unwrap();
    let mut change = json!({
        "Keys": { "pk": row["pk"], "sk": row["sk"] },
        "SequenceNumber": sequence.to_string(),
        "SizeBytes": 300,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, image) in [("OldImage", old), ("NewImage", new)] {
        if let Some(image) = image {
            change[name] = image.clone();
        }
    }
    json!({
        "eventID": sequence.to_string(), "eventName": "MODIFY", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "ap-northeast-2", "dynamodb": change,
    })
}

#[tokio::test]
async fn old_records_in_any_order_and_at_once_change_no_truth() {
    let floor = Floor::open().await;
    let anna = floor.trader().await;
    let gone = floor.rest(&anna, "sell", 90_000).await;
    for price in [100_000, 100_000, 100_000, 105_000] {
        floor.rest(&anna, "sell", price).await;
    }
    let before = images(&floor);
    floor.cancel(&anna, gone).await.expect(200);
    floor.run_until_idle().await;
    // Insertions and deletions, of what is there and of what is not, twelve times over at once.
    let deliveries = (0..12_usize).map(|number| {
        let rows = before.iter().enumerate().flat_map(|(index, row)| {
            let inserted = record(index * 2 + 1, None, Some(row));
            [inserted, record(index * 2 + 2, Some(row), None)]
        });
        let mut records: Vec<Value> = rows.collect();
        records.rotate_left(number % before.len());
        if number % 2 == 0 {
            records.reverse();
        }
        floor.invoke(COUNTER, json!({ "Records": records }))
    });
    for answer in join_all(deliveries).await {
        assert_eq!(answer.unwrap(), json!({ "batchItemFailures": [] }));
    }
    assert_eq!(floor.depth("sell").await, [(100_000, 3), (105_000, 1)]);
    assert_eq!(floor.best().await.0, Some(100_000));
    assert!(floor.events::<PriceFell>().await.is_empty(), "nobody waits");
}

#[tokio::test]
async fn a_record_that_changes_nothing_costs_nothing() {
    let floor = Floor::open().await;
    floor.rest(&floor.trader().await, "sell", 90_000).await;
    floor.run_until_idle().await;
    let row = images(&floor).remove(0);
    let before = floor.cloud.usage();
    let same = json!({ "Records": [record(1, Some(&row), Some(&row))] });
    floor.invoke(COUNTER, same).await.unwrap();
    assert_eq!(floor.cloud.usage().since(&before).writes().to_string(), "0.0");
}

#[tokio::test]
async fn a_record_nobody_can_read_is_named_and_the_others_are_done() {
    let floor = Floor::open().await;
    floor.expect_failures();
    let anna = floor.trader().await;
    floor.cloud.pause(COUNTER);
    floor.rest(&anna, "sell", 90_000).await;
    let good = images(&floor).remove(0);
    let mut bad_key = good.clone();
    bad_key["pk"] = json!({ "S": "book#nothing" });
    let mut bad_price = good.clone();
    bad_price["price"] = json!({ "N": "999" });
    let records = [
        record(1, None, Some(&bad_key)),
        record(2, None, Some(&bad_price)),
        record(3, None, Some(&good)),
    ];
    let answer = floor.invoke(COUNTER, json!({ "Records": records })).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] }));
    assert_eq!(floor.depth("sell").await, [(90_000, 1)]);
    floor.cloud.resume(COUNTER);
}

#[tokio::test]
async fn a_failure_at_any_call_is_made_up_for() {
    let calls = [
        ("dynamodb:GetItem", 1),
        ("dynamodb:GetItem", 2),
        ("dynamodb:Query", 1),
        ("dynamodb:Query", 3),
        ("dynamodb:UpdateItem", 1),
        ("dynamodb:UpdateItem", 2),
        ("dynamodb:TransactWriteItems", 1),
    ];
    let kinds = [FaultKind::Throttle, FaultKind::TimeoutAfter, FaultKind::Status500];
    for (action, nth) in calls {
        for kind in kinds {
            let floor = Floor::open().await;
            floor.expect_failures();
            let [anna, bora] = [floor.trader().await, floor.trader().await];
            floor.alert(&bora, 100_000).await.expect(201);
            floor.cloud.pause(COUNTER);
            floor.rest(&anna, "sell", 100_000).await;
            floor.rest(&anna, "sell", 120_000).await;
            let struck = floor.cloud.faults().injected().len();
            for _ in 0..3 {
                floor.cloud.faults().push(Fault::next(action, kind).nth(nth).on(Table::Exchange));
            }
            floor.cloud.resume(COUNTER);
            floor.advance(Span::seconds(30)).await;
            let what = format!("{action} {nth} {kind:?}");
            assert!(floor.cloud.faults().injected().len() > struck, "{what} never struck");
            floor.cloud.faults().clear();
            floor.advance(Span::minutes(5)).await;
            assert_eq!(floor.best().await.0, Some(100_000), "{what}");
            assert_eq!(
                floor.told().await,
                [(bora.user.id.to_string(), 100_000, 100_000)],
                "{what}"
            );
        }
    }
}

#[tokio::test]
async fn a_busy_book_with_failures_by_chance_ends_in_the_truth() {
    for seed in 0..4 {
        let floor = Floor::open().await;
        floor.expect_failures();
        floor.cloud.adjust(|knobs| {
            knobs.stream_copies = 2;
            knobs.retry_visibility = Some(Span::seconds(1));
        });
        let traders = floor.traders(4).await;
        floor.cloud.pause(COUNTER);
        for (number, trader) in traders.iter().enumerate() {
            for step in 0..3 {
                let side = if (number + step) % 2 == 0 { "sell" } else { "buy" };
                let offset = if side == "sell" { 10_000 } else { 0 };
                let price = 100_000 + offset + 1_000 * i64::try_from(step).unwrap();
                floor.place(trader, side, price).await.expect(201);
            }
        }
        let kinds = vec![FaultKind::TimeoutAfter, FaultKind::TimeoutBefore, FaultKind::Throttle];
        let faults = RandomFaults { seed, per_thousand: 200, action: "*".into(), kinds };
        floor.cloud.faults().at_random(Some(faults));
        floor.cloud.resume(COUNTER);
        floor.advance(Span::seconds(3)).await;
        floor.cloud.faults().clear();
        floor.advance(Span::seconds(30)).await;
        assert!(floor.cloud.failed().is_empty(), "seed {seed}: given up");
        assert!(floor.best().await.0.is_some(), "seed {seed}");
    }
}
