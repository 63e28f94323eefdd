use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use local::{Fault, FaultKind};
use uuid::Uuid;

use super::*;
use crate::tests::fixture::{arrived, envelope, leave, start};

const RELAY: &str = "operation-relay-outbox";

#[test]
fn the_lease_outlives_the_run_and_ends_before_the_next() {
    let platform::Trigger::Schedule(Schedule { every: Some(every), .. }) = &FUNCTION.trigger else {
        panic!("a rate")
    };
    assert!(i64::from(FUNCTION.timeout_s) < LEASE.as_seconds_ceil() && LEASE < *every);
}

#[tokio::test]
async fn an_event_left_behind_is_sent_once_more_and_completed() {
    let app = start().await;
    app.cloud.pause(RELAY);
    // The relay published it and died before it could say so.
    let id = leave(&app, 1).await;
    app.publish(&envelope(1, app.now())).await;
    app.run_until_idle().await;
    app.advance(Span::minutes(5)).await;
    assert_eq!(arrived(&app), [id], "not older than 5 minutes");
    app.advance(Span::minutes(5)).await;
    assert_eq!(arrived(&app), [id, id]);
    assert!(app.rows().await.outbox_waiting().is_empty());
    app.advance(Span::hours(1)).await;
    assert_eq!(arrived(&app), [id, id]);
    app.leave_unchecked(); // the relay's records are never read
}

#[tokio::test]
async fn what_fails_is_tried_by_the_next_run() {
    let app = start().await;
    app.expect_failures();
    app.cloud.pause(RELAY);
    let mut due = Vec::new();
    for n in 1..=25 {
        due.push(leave(&app, n).await);
    }
    app.advance(Span::minutes(9)).await;
    // The second chunk of ten is refused for good.
    for _ in 0..3 {
        app.cloud.faults().push(Fault::next("events:PutEvents", FaultKind::Status500).nth(2));
    }
    app.advance(Span::minutes(1)).await;
    assert_eq!(arrived(&app).len(), 10);
    app.advance(Span::minutes(5)).await;
    let mut seen = arrived(&app);
    seen.sort();
    assert_eq!(seen, due);
    assert!(app.rows().await.outbox_waiting().is_empty());
}

#[tokio::test]
async fn of_many_runs_at_once_one_works() {
    const RUNS: usize = 10;
    let app = start().await;
    let now = app.now();
    let turned_away = AtomicUsize::new(0);
    let run = async || {
        // Whoever got in stays until everybody else has tried.
        let work = async {
            while turned_away.load(Ordering::Relaxed) < RUNS - 1 {
                tokio::task::yield_now().await;
            }
            Ok(())
        };
        let worked = single_run(&app.app, JOB, now, LEASE, work).await.unwrap();
        if !worked {
            turned_away.fetch_add(1, Ordering::Relaxed);
        }
        worked
    };
    let worked = join_all((0..RUNS).map(|_| run())).await;
    assert_eq!(worked.into_iter().filter(|worked| *worked).count(), 1);
    assert!(single_run(&app.app, JOB, now, LEASE, async { Ok(()) }).await.unwrap());
}

#[tokio::test]
async fn a_holder_that_died_holds_nobody_up_for_long() {
    let app = start().await;
    app.cloud.pause(RELAY);
    let id = leave(&app, 1).await;
    app.advance(Span::minutes(9)).await;
    let dead = Uuid::from_u128(1);
    assert!(app.store().lease_take(JOB, dead, app.now(), LEASE).await.unwrap());
    app.advance(Span::minutes(1)).await;
    assert!(arrived(&app).is_empty(), "the lease holds");
    app.advance(Span::minutes(5)).await;
    assert_eq!(arrived(&app), [id]);
}

/// Regression: one unreadable row stopped the whole sweep.
#[tokio::test]
async fn a_corrupt_row_does_not_keep_the_others_from_leaving() {
    use store::{ItemWriter, Table, Write, keys};
    let app = testkit::TestApp::start(&[&super::FUNCTION]).await;
    app.expect_failures();
    let at = app.now();
    let (good, bad) = (app.app.entropy.uuid(at), app.app.entropy.uuid(at));
    let event =
        events::UserSignedUp { user_id: kernel::Id::from_uuid(good), nickname: "minji".to_owned() };
    let envelope = events::Envelope::new(good, at, &event);
    app.store().write(store::outbox::row(&envelope)).await.unwrap();
    let (shard, order) = keys::outbox_pending(bad, at);
    let row = ItemWriter::under(&keys::outbox(bad)).text("envelope", "not an envelope");
    let row = row.text("gsi1pk", shard).text("gsi1sk", order).item();
    app.store().write(Write::create(Table::Outbox, row)).await.unwrap();
    app.clock.advance(kernel::Span::minutes(6));
    let failure = app.invoke("operation-sweep-outbox", serde_json::json!({})).await.unwrap_err();
    assert!(failure.to_string().contains("corrupt row"), "{failure}");
    let waiting = app.store().outbox_overdue(app.now()).await.unwrap();
    assert_eq!((waiting.events.len(), waiting.corrupt.len()), (0, 1));
    app.leave_unchecked(); // the corrupt row stays, as a person's work
}
