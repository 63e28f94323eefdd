use events::AuctionCreated;
use kernel::Span;
use local::{Fault, FaultKind};
use serde_json::json;

use crate::{
    close_auction,
    tests::fixture::{auction, closings, message, relay, start, waiting},
};

#[tokio::test]
async fn a_long_auction_is_scheduled_and_a_short_one_waits_in_the_queue() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    for (seconds, scheduled, delayed) in [(897, 0, 1), (898, 1, 1), (3_600, 2, 1)] {
        auction(&app, &seller, json!({ "durationSeconds": seconds })).await;
        // Those handed on before are handed on again: names make the schedules one.
        relay::<AuctionCreated>(&app).await;
        assert_eq!(app.cloud.schedules().len(), scheduled, "{seconds} s");
        let queues = app.cloud.queues();
        let close = queues.iter().find(|queue| queue.name == close_auction::FUNCTION.id()).unwrap();
        assert!(close.counts.delayed >= delayed, "{seconds} s");
    }
    app.advance(Span::millis(3_602_999)).await;
    assert_eq!(closings(&app).await.len(), 2);
    app.advance(Span::millis(1)).await;
    assert_eq!(closings(&app).await.len(), 3);
}

#[tokio::test]
async fn a_schedule_carries_the_auctions_name() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    relay::<AuctionCreated>(&app).await;
    assert_eq!(app.cloud.schedules(), [format!("close-{id}")]);
    app.advance(Span::hours(1)).await;
    assert!(app.cloud.schedules().is_empty(), "it deletes itself");
}

#[tokio::test]
async fn an_event_that_comes_after_the_end_closes_at_once() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    app.clock.advance(Span::hours(2));
    relay::<AuctionCreated>(&app).await;
    assert_eq!(closings(&app).await.len(), 1);
}

#[tokio::test]
async fn an_unreachable_service_fails_the_message_and_it_comes_again() {
    for (action, seconds) in [("scheduler:CreateSchedule", 3_600), ("sqs:SendMessage", 600)] {
        for kind in [FaultKind::TimeoutBefore, FaultKind::TimeoutAfter, FaultKind::Status500] {
            let app = start().await;
            app.expect_failures();
            app.cloud.adjust(|knobs| knobs.rates = false);
            let seller = app.signed_in("seller");
            auction(&app, &seller, json!({ "durationSeconds": seconds })).await;
            for _ in 0..3 {
                app.cloud.faults().push(Fault::next(action, kind));
            }
            relay::<AuctionCreated>(&app).await;
            assert!(app.cloud.faults().pending().is_empty(), "{action} {kind:?}");
            app.advance(Span::minutes(65)).await;
            assert_eq!(closings(&app).await.len(), 1, "{action} {kind:?}");
        }
    }
}

#[tokio::test]
async fn a_message_it_cannot_read_dies_alone() {
    let app = start().await;
    app.expect_failures();
    let seller = app.signed_in("seller");
    auction(&app, &seller, json!({})).await;
    let good = json!({ "detail": waiting::<AuctionCreated>(&app).await[0] });
    let mut batch = message(&good);
    let bodies =
        ["", "{", "null", "{\"detail\":{\"id\":1}}", "{\"detail\":{\"kind\":\"AuctionClosed\"}}"];
    for (n, body) in bodies.iter().enumerate() {
        let mut record = batch["Records"][0].clone();
        record["messageId"] = json!(format!("bad-{n}"));
        record["body"] = json!(body);
        batch["Records"].as_array_mut().unwrap().push(record);
    }
    let answer = app.invoke("auction-on-auction-created", batch).await.unwrap();
    let failed = answer["batchItemFailures"].as_array().unwrap();
    let ids: Vec<_> = failed.iter().map(|item| item["itemIdentifier"].as_str().unwrap()).collect();
    assert_eq!(ids, ["bad-0", "bad-1", "bad-2", "bad-3", "bad-4"]);
    app.advance(Span::millis(602_999)).await;
    assert!(closings(&app).await.is_empty());
    app.advance(Span::millis(1)).await;
    assert_eq!(closings(&app).await.len(), 1);
}
