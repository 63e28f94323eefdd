use kernel::Span;
use serde_json::json;

use crate::{
    close_auction,
    tests::fixture::{auction, bid, closings, start},
};

fn delayed(app: &testkit::TestApp) -> usize {
    let queues = app.cloud.queues();
    queues.iter().find(|queue| queue.name == close_auction::FUNCTION.id()).unwrap().counts.delayed
}

#[tokio::test]
async fn it_waits_out_the_rest_in_the_queue() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.advance(Span::millis(3_510_000)).await;
    app.invoke("auction-arm-close", json!({ "auctionId": id })).await.unwrap();
    app.run_until_idle().await;
    assert_eq!((delayed(&app), closings(&app).await.len()), (1, 0));
    app.advance(Span::millis(92_999)).await;
    assert_eq!((delayed(&app), closings(&app).await.len()), (1, 0));
    app.advance(Span::millis(1)).await;
    assert_eq!((delayed(&app), closings(&app).await.len()), (0, 1));
}

#[tokio::test]
async fn fired_far_too_early_it_waits_in_steps() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    app.invoke("auction-arm-close", json!({ "auctionId": id })).await.unwrap();
    app.advance(Span::millis(3_602_999)).await;
    assert!(closings(&app).await.is_empty());
    app.advance(Span::millis(1)).await;
    assert_eq!(closings(&app).await.len(), 1);
}

#[tokio::test]
async fn an_auction_that_is_gone_needs_no_close() {
    let app = start().await;
    let nowhere = json!({ "auctionId": "01938f3c-7e2a-7000-8000-000000000001" });
    app.invoke("auction-arm-close", nowhere).await.unwrap();
    app.run_until_idle().await;
    assert_eq!(delayed(&app), 0);
}

#[tokio::test]
async fn a_payload_it_cannot_read_fails() {
    let app = start().await;
    app.expect_failures();
    for payload in [json!({}), json!(null), json!({ "auctionId": 1 }), json!({ "auctionId": "x" })]
    {
        app.invoke("auction-arm-close", payload.clone()).await.unwrap_err();
    }
}
