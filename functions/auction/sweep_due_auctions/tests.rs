use kernel::Span;
use local::{Fault, FaultKind};
use serde_json::json;
use store::Table;

use crate::tests::fixture::{auction, bid, closings, start};

/// What the sweep alone achieves: no message, no schedule, no stream record is delivered.
async fn alone() -> testkit::TestApp {
    let app = start().await;
    for function in ["auction-close-auction", "auction-arm-close", "auction-on-head-changed"] {
        app.cloud.pause(function);
    }
    app
}

#[tokio::test]
async fn it_closes_and_tells_without_any_other_trigger() {
    let app = alone().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    // Three auctions, the last ending on the next Seoul day.
    let hours = [1, 2, 16];
    for n in hours {
        let id = auction(&app, &seller, json!({ "durationSeconds": n * 3_600 - 3 })).await;
        bid(&app, &id, &minji, 10_000, None).await.expect(201);
    }
    let began = app.now();
    for (done, hours) in hours.into_iter().enumerate() {
        app.advance((began + Span::seconds(hours * 3_600 - 4)).since(app.now())).await;
        assert_eq!(closings(&app).await.len(), done);
        app.advance(Span::minutes(1)).await;
        assert_eq!(closings(&app).await.len(), done + 1, "after {hours} h");
    }
    let told = closings(&app).await;
    assert!(told.iter().all(|closed| closed.winner.as_ref().unwrap().user_id == minji.id));
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn it_tells_what_was_closed_and_never_told() {
    let app = alone().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.cloud.pause("auction-sweep-due-auctions");
    app.clock.advance(Span::seconds(603));
    assert_eq!(crate::tests::fixture::show(&app, &id).await["status"], "won"); // closes
    assert!(closings(&app).await.is_empty());
    app.cloud.resume("auction-sweep-due-auctions");
    app.advance(Span::minutes(1)).await;
    assert_eq!(closings(&app).await.len(), 1);
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn a_moved_end_is_not_closed_early() {
    let app = alone().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    app.advance(Span::minutes(9)).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    // The index goes on saying ten, and the sweep looks every minute: at the end it is too early.
    for later in [299_999, 1, 59_999] {
        app.advance(Span::millis(later)).await;
        assert!(closings(&app).await.is_empty());
    }
    app.advance(Span::millis(1)).await;
    assert_eq!(closings(&app).await.len(), 1);
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn three_days_of_standstill_are_caught_up_with() {
    let app = alone().await;
    app.cloud.pause("auction-sweep-due-auctions");
    let seller = app.signed_in("seller");
    for hours in [1, 20, 40, 60] {
        auction(&app, &seller, json!({ "durationSeconds": hours * 3_600 })).await;
    }
    app.clock.advance(Span::hours(72));
    app.cloud.resume("auction-sweep-due-auctions");
    app.advance(Span::minutes(1)).await;
    assert_eq!(closings(&app).await.len(), 4);
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn one_that_fails_does_not_keep_the_others() {
    let app = alone().await;
    app.expect_failures();
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    for _ in 0..3 {
        auction(&app, &seller, json!({})).await;
    }
    app.clock.advance(Span::seconds(603));
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:UpdateItem", FaultKind::Throttle).on(Table::Auction);
        app.cloud.faults().push(fault);
    }
    let failure = app.invoke("auction-sweep-due-auctions", json!({})).await.unwrap_err();
    assert_eq!(failure.to_string().matches("; ").count(), 0, "one of three: {failure}");
    assert_eq!(closings(&app).await.len(), 2);
    app.invoke("auction-sweep-due-auctions", json!({})).await.unwrap();
    assert_eq!(closings(&app).await.len(), 3);
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn of_many_runs_at_once_the_outcome_is_one() {
    let app = alone().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    auction(&app, &seller, json!({})).await;
    app.clock.advance(Span::millis(602_999));
    app.invoke("auction-sweep-due-auctions", json!({})).await.unwrap();
    assert!(closings(&app).await.is_empty());
    app.clock.advance(Span::millis(1));
    let runs = (0..6).map(|_| app.invoke("auction-sweep-due-auctions", json!({})));
    for run in futures::future::join_all(runs).await {
        run.unwrap();
    }
    assert_eq!(closings(&app).await.len(), 1);
    app.cloud.resume("auction-on-head-changed");
}

#[tokio::test]
async fn with_nothing_due_it_reads_the_index_and_no_auction() {
    let app = start().await;
    let seller = app.signed_in("seller");
    auction(&app, &seller, json!({})).await;
    let before = app.cloud.usage();
    app.invoke("auction-sweep-due-auctions", json!({})).await.unwrap();
    let spent = app.cloud.usage().since(&before);
    assert_eq!(spent.calls("dynamodb:GetItem"), 0, "{spent}");
    assert_eq!(spent.calls("dynamodb:Query"), 4, "today and three days back: {spent}");
}
