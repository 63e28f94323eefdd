use kernel::Span;
use local::{Fault, FaultKind};
use store::Table;

use crate::tests::fixture::{arrived, leave, start};

async fn waiting(app: &testkit::TestApp) -> usize {
    app.rows().await.outbox_waiting().len()
}

#[tokio::test]
async fn every_event_leaves_at_once_and_once() {
    let app = start().await;
    let mut due = Vec::new();
    for n in 1..=30 {
        due.push(leave(&app, n).await);
    }
    app.run_until_idle().await;
    assert_eq!(waiting(&app).await, 0);
    app.advance(Span::hours(1)).await;
    let mut seen = arrived(&app);
    seen.sort();
    assert_eq!(seen, due);
}

#[tokio::test]
async fn a_crash_before_the_completion_publishes_again_under_the_same_id() {
    let app = start().await;
    app.expect_failures();
    // Every try that the client makes.
    for _ in 0..3 {
        let fault = Fault::next("dynamodb:UpdateItem", FaultKind::TimeoutBefore);
        app.cloud.faults().push(fault.on(Table::Outbox));
    }
    let id = leave(&app, 1).await;
    app.run_until_idle().await;
    app.advance(Span::minutes(1)).await;
    assert_eq!(arrived(&app), [id, id]);
    assert_eq!(waiting(&app).await, 0);
    app.advance(Span::hours(1)).await;
    assert_eq!(arrived(&app), [id, id]);
}

#[tokio::test]
async fn what_the_bus_refuses_is_published_when_it_takes_it() {
    let app = start().await;
    app.expect_failures();
    for _ in 0..3 {
        app.cloud.faults().push(Fault::next("events:PutEvents", FaultKind::Status500));
    }
    let id = leave(&app, 1).await;
    app.run_until_idle().await;
    app.advance(Span::minutes(1)).await;
    assert_eq!(arrived(&app), [id]);
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn a_record_that_comes_again_carries_the_same_id() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.stream_copies = 3);
    let id = leave(&app, 1).await;
    app.run_until_idle().await;
    assert!(arrived(&app).iter().all(|seen| *seen == id));
    assert_eq!(waiting(&app).await, 0);
}
