use events::PriceChanged;
use kernel::Span;
use local::{Fault, FaultKind};
use serde_json::{Value, json};
use store::Table;
use testkit::TestApp;

use crate::tests::fixture::{auction, auction_id, bid, bid_with, closings, start, void};

const RECORDER: &str = "auction-on-head-changed";

/// A whole life, unrecorded: bids, a void, a moved end, an outcome.
async fn unrecorded(app: &TestApp) -> String {
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(app, &seller, json!({})).await;
    app.cloud.pause(RECORDER);
    bid(app, &id, &minji, 10_000, Some(15_000)).await.expect(201);
    let fraud = bid(app, &id, &juno, 80_000, None).await.expect(201).json();
    void(app, &id, &fraud["id"]).await.expect(200);
    app.clock.advance(Span::minutes(9));
    bid(app, &id, &juno, 12_000, Some(40_000)).await.expect(201);
    app.clock.advance(Span::seconds(303));
    crate::tests::fixture::show(app, &id).await; // closes
    id
}

/// Everything was recorded and told, once. The rest the harness checks from the rows.
async fn check(app: &TestApp, id: &str, what: &str) {
    let ledger = app.rows().await.ledger(auction_id(id));
    assert_eq!(ledger.len(), 4, "{what}");
    assert_eq!(ledger[1].voided_by, Some(3), "{what}");
    let told = closings(app).await;
    assert_eq!(told.len(), 1, "{what}");
    assert_eq!(told[0].winner.as_ref().unwrap().price.get(), 15_500, "{what}");
}

#[tokio::test]
async fn it_catches_up_in_one_batch() {
    let app = start().await;
    let id = unrecorded(&app).await;
    app.cloud.resume(RECORDER);
    app.run_until_idle().await;
    check(&app, &id, "at once").await;
}

/// While nothing is recorded, a key that has left the head is as good as new.
#[tokio::test]
async fn every_bid_under_a_key_that_came_again_is_recorded() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    app.cloud.pause(RECORDER);
    let mut amounts = (10_000..).step_by(1_000);
    for key in ["k", "l", "k", "l"] {
        let body = json!({ "amount": amounts.next().unwrap() });
        bid_with(&app, &id, &minji, key, body).await.expect(201);
        for _ in 0..12 {
            bid(&app, &id, &juno, amounts.next().unwrap(), None).await.expect(201);
        }
    }
    app.cloud.resume(RECORDER);
    app.run_until_idle().await;
    let ledger = app.rows().await.ledger(auction_id(&id));
    let sequences: Vec<u32> = ledger.iter().map(|row| row.entry.sequence).collect();
    assert_eq!(sequences, (1..=52).collect::<Vec<_>>());
}

#[tokio::test]
async fn repeated_records_change_nothing() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.stream_copies = 3);
    let id = unrecorded(&app).await;
    app.cloud.resume(RECORDER);
    app.run_until_idle().await;
    check(&app, &id, "three times").await;
}

#[tokio::test]
async fn a_failure_at_any_call_is_made_up_for() {
    let calls = [
        ("dynamodb:PutItem", 1),
        ("dynamodb:PutItem", 4),
        ("dynamodb:UpdateItem", 1),
        ("dynamodb:UpdateItem", 4),
        ("events:PutEvents", 1),
        ("events:PutEvents", 7),
        ("dynamodb:GetItem", 1),
        ("dynamodb:TransactWriteItems", 1),
    ];
    let kinds = [
        FaultKind::Throttle,
        FaultKind::TimeoutBefore,
        FaultKind::TimeoutAfter,
        FaultKind::Status500,
    ];
    let mut struck = 0;
    for (action, nth) in calls {
        for kind in kinds {
            for times in [1, 3] {
                let what = format!("{action} {nth} {kind:?} {times}");
                let app = start().await;
                app.expect_failures();
                let id = unrecorded(&app).await;
                for _ in 0..times {
                    app.cloud.faults().push(Fault::next(action, kind).nth(nth));
                }
                app.cloud.resume(RECORDER);
                app.advance(Span::seconds(15)).await;
                struck += app.cloud.faults().injected().len();
                check(&app, &id, &what).await;
                assert!(app.cloud.failed().is_empty(), "{what}: given up");
            }
        }
    }
    assert!(struck >= calls.len() * kinds.len() * 2, "{struck} faults struck");
}

#[tokio::test]
async fn a_recorder_that_fails_by_chance_gets_there() {
    for seed in 0..5 {
        let app = start().await;
        app.expect_failures();
        let id = unrecorded(&app).await;
        let kinds = vec![FaultKind::TimeoutAfter, FaultKind::TimeoutBefore, FaultKind::Throttle];
        let faults = local::RandomFaults { seed, per_thousand: 300, action: "*".into(), kinds };
        app.cloud.faults().at_random(Some(faults));
        app.cloud.resume(RECORDER);
        app.advance(Span::seconds(5)).await;
        app.cloud.faults().clear();
        app.advance(Span::seconds(15)).await;
        check(&app, &id, &format!("seed {seed}")).await;
    }
}

#[tokio::test]
async fn events_tell_every_price_once_and_whom_it_beat() {
    use events::{Event, OutBid};
    use platform::{Function, Queue};
    static PROBE: Function = Function::queue(
        "test",
        "probe",
        "Remembers events",
        Queue::new(|_, _| Box::pin(async { Ok(()) }))
            .events(&[PriceChanged::KIND, OutBid::KIND])
            .batch_size(1),
    );
    let functions = [crate::FUNCTIONS, &[&PROBE]].concat();
    let app = TestApp::start(&functions).await;
    app.cloud.pause("test-probe");
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, Some(15_000)).await.expect(201);
    bid(&app, &id, &juno, 12_000, None).await.expect(201); // loses to the proxy
    bid(&app, &id, &minji, 20_000, None).await.expect(201); // raises
    let last = bid(&app, &id, &juno, 30_000, None).await.expect(201).json();
    app.run_until_idle().await;
    let told: Vec<Value> = app
        .cloud
        .queue_bodies("test-probe")
        .iter()
        .map(|body| serde_json::from_str::<Value>(body).unwrap()["detail"].take())
        .collect();
    let of = |kind: &str| told.iter().filter(|told| told["kind"] == kind).collect::<Vec<_>>();
    let mut prices: Vec<i64> =
        of("PriceChanged").iter().map(|told| told["data"]["price"].as_i64().unwrap()).collect();
    prices.sort_unstable();
    assert_eq!(prices, [10_000, 12_500, 12_500, 30_000]);
    let beaten = of("OutBid");
    assert_eq!(beaten.len(), 1, "{beaten:?}");
    assert_eq!(beaten[0]["data"]["bidderId"], json!(minji.id));
    assert_eq!(beaten[0]["data"]["byBidId"], last["id"]);
    let mut ids: Vec<String> = told.iter().map(|told| told["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), told.len(), "ids are unique");
    app.cloud.resume("test-probe");
}

#[tokio::test]
async fn a_bid_that_moves_the_end_costs_what_any_other_costs_and_the_list_is_moved_in_steps() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let scheduled = json!(app.now() + Span::minutes(10));
    // The row in the lists is one unit, its entry in the index of ends two, that of new ones one.
    let bids = [
        (&minji, 10_000, 0, "2.0"),
        (&juno, 12_000, 1, "2.0"),
        (&minji, 14_000, 599_000, "6.0"),
        (&juno, 16_000, 1, "2.0"),
    ];
    for (who, amount, later, behind) in bids {
        app.clock.advance(Span::millis(later));
        let before = app.cloud.usage();
        let placed = bid(&app, &id, who, amount, None).await.expect(201).json();
        assert_eq!(placed["endsAt"] != scheduled, amount >= 14_000, "{placed}");
        let spent = app.cloud.usage().since(&before);
        assert_eq!(spent.writes().to_string(), "1.0", "{amount}: {spent}");
        let before = app.cloud.usage();
        app.run_until_idle().await;
        let spent = app.cloud.usage().since(&before);
        assert_eq!(spent.writes().to_string(), behind, "{amount}: {spent}");
    }
}

/// The head's item as the stream shows it.
fn image(app: &TestApp) -> Value {
    let items = app.cloud.items(Table::Auction).unwrap();
    let is_head = |item: &Value| item["pk"]["S"].as_str().unwrap().starts_with("head#");
    items.into_iter().find(is_head).unwrap()
}

fn record(sequence: &str, old: Option<&Value>, new: &Value) -> Value {
    let mut change = json!({
        "Keys": { "pk": new["pk"], "sk": new["sk"] },
        "NewImage": new,
        "SequenceNumber": sequence,
        "SizeBytes": 800,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    if let Some(old) = old {
        change["OldImage"] = old.clone();
    }
    json!({
        "eventID": sequence, "eventName": "MODIFY", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "ap-northeast-2", "dynamodb": change,
    })
}

#[tokio::test]
async fn a_record_nobody_can_read_is_named_and_the_others_are_done() {
    let app = start().await;
    app.expect_failures();
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    app.cloud.pause(RECORDER);
    let before = image(&app);
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let after = image(&app);
    let mut poison = after.clone();
    poison["p"] = json!({ "S": "much" });
    let mut chainless = before.clone();
    chainless["ch"] = json!({ "B": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" });
    let batch = json!({ "Records": [
        record("1", Some(&before), &after),
        record("2", Some(&before), &poison),
        record("3", Some(&chainless), &after),
        record("4", Some(&after), &after),
    ] });
    let answer = app.invoke(RECORDER, batch).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
    assert_eq!(app.rows().await.ledger(auction_id(&id)).len(), 1);
    let lines = app.log_lines();
    let line = lines.iter().rfind(|line| line["function"] == RECORDER).unwrap();
    let failures = line["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2, "{line}");
    assert!(failures[1].as_str().unwrap().contains("breaks the chain"), "{line}");
    app.cloud.resume(RECORDER);
}
