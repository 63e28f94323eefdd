use futures::future::join_all;
use kernel::{Instant, Span};
use local::{Fault, FaultKind, Knobs};
use messaging::events::{AuctionCreated, AuctionOutcome};
use serde_json::json;
use testkit::{TestApp, User};

use crate::scene::{auction, bid, closings, message, relay, show, start};

const HOUR: Span = Span::hours(1);

/// An hour's auction with a bid of `who`, its close arranged; the sweep stands still.
async fn arranged(app: &TestApp, who: &User, seconds: i64) -> (String, Instant) {
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    let ends_at = app.now() + Span::seconds(seconds);
    let id = auction(app, &seller, json!({ "durationSeconds": seconds })).await;
    relay::<AuctionCreated>(app).await;
    bid(app, &id, who, 10_000, Some(20_000)).await.expect(201);
    app.settle().await;
    (id, ends_at)
}

async fn invoke(app: &TestApp, id: &str) {
    let batch = message(&json!({ "auctionId": id }));
    let answer = app.invoke("auction-close-auction", batch).await.unwrap();
    assert_eq!(answer, json!({ "batchItemFailures": [] }));
}

/// One outcome was told: `who` won for 10,000.
async fn check_won(app: &TestApp, who: &User) -> Instant {
    let told = closings(app).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].outcome, AuctionOutcome::Won);
    let winner = told[0].winner.as_ref().unwrap();
    assert_eq!((winner.user_id, winner.price.get()), (who.id, 10_000));
    told[0].closed_at
}

#[tokio::test]
async fn settled_within_two_seconds_however_the_scheduler_behaves() {
    let late = Span::seconds(60);
    let days: &[(&str, fn(&mut Knobs))] = &[
        ("a pleasant day", |_| {}),
        ("a minute late", |knobs| knobs.schedules_late = Span::seconds(60)),
        ("three times", |knobs| knobs.schedule_copies = 3),
        ("messages three times", |knobs| knobs.message_copies = 3),
        ("stream records three times", |knobs| knobs.stream_copies = 3),
        ("all of it", |knobs| {
            knobs.schedules_late = Span::seconds(60);
            knobs.schedule_copies = 3;
            knobs.message_copies = 3;
            knobs.stream_copies = 3;
            knobs.shuffle = Some(7);
        }),
    ];
    assert!(late < crate::on_auction_created::ARM_BEFORE);
    for (what, turn) in days {
        for seconds in [600, 900, 901, 3_600] {
            let app = start().await;
            app.cloud.adjust(turn);
            let minji = app.signed_in("minji");
            let (id, ends_at) = arranged(&app, &minji, seconds).await;
            app.advance(Span::millis(seconds * 1_000 - 1)).await;
            assert_eq!(show(&app, &id).await["status"], "open", "{what}, {seconds} s");
            app.advance(Span::millis(2_001)).await;
            let closed_at = check_won(&app, &minji).await;
            assert!(closed_at >= ends_at, "{what}, {seconds} s: {closed_at}");
            assert!(
                closed_at.since(ends_at) <= Span::seconds(2),
                "{what}, {seconds} s: {closed_at}"
            );
        }
    }
}

#[tokio::test]
async fn a_lost_schedule_is_made_up_for_by_the_sweep() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.schedules_lost = true);
    let minji = app.signed_in("minji");
    let (_, ends_at) = arranged(&app, &minji, 3_599).await;
    app.cloud.adjust(|knobs| knobs.rates = true);
    app.advance(HOUR).await;
    let closed_at = check_won(&app, &minji).await;
    assert!(closed_at.since(ends_at) <= Span::minutes(1), "{closed_at}");
}

#[tokio::test]
async fn closers_at_once_agree() {
    let app = start().await;
    let minji = app.signed_in("minji");
    let (id, _) = arranged(&app, &minji, 600).await;
    app.cloud.pause("auction-close-auction");
    app.clock.advance(Span::minutes(10));
    let sweep = app.invoke("auction-sweep-due-auctions", json!({}));
    let closers = join_all((0..8).map(|_| invoke(&app, &id)));
    let readers = join_all((0..8).map(|_| show(&app, &id)));
    let (swept, _, shown) = tokio::join!(sweep, closers, readers);
    swept.unwrap();
    assert!(shown.iter().all(|view| view["status"] == "won"));
    app.cloud.resume("auction-close-auction");
    app.settle().await;
    check_won(&app, &minji).await;
}

#[tokio::test]
async fn a_bid_in_the_last_millisecond_is_in() {
    let app = start().await;
    let [minji, juno, sora] = ["minji", "juno", "sora"].map(|name| app.signed_in(name));
    let (id, ends_at) = arranged(&app, &minji, 600).await;
    app.clock.advance(Span::millis(599_999));
    let closers = join_all((0..4).map(|_| invoke(&app, &id)));
    let (placed, _) = tokio::join!(bid(&app, &id, &juno, 30_000, None), closers);
    placed.expect(201);
    app.advance(Span::millis(1)).await;
    assert_eq!(show(&app, &id).await["status"], "open", "the end moved");
    let left = Span::millis(299_998);
    app.advance(left).await;
    assert_eq!(show(&app, &id).await["status"], "open");
    app.clock.advance(Span::millis(1));
    let closers = join_all((0..4).map(|_| invoke(&app, &id)));
    let (placed, _) = tokio::join!(bid(&app, &id, &sora, 90_000, None), closers);
    placed.expect_problem(409, "auction-ended");
    app.settle().await;
    let told = closings(&app).await;
    assert_eq!(told.len(), 1);
    let winner = told[0].winner.as_ref().unwrap();
    assert_eq!((winner.user_id, winner.price.get()), (juno.id, 30_000));
    assert_eq!(told[0].closed_at, ends_at - Span::millis(1) + Span::minutes(5));
    app.advance(Span::minutes(5)).await;
}

#[tokio::test]
async fn a_moved_end_is_waited_for() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.schedules_late = Span::seconds(60));
    let (minji, juno) = (app.signed_in("minji"), app.signed_in("juno"));
    let (id, ends_at) = arranged(&app, &minji, 3_600).await;
    app.advance(Span::seconds(3_599)).await;
    for n in 0..3 {
        bid(&app, &id, if n % 2 == 0 { &juno } else { &minji }, 30_000 + n * 1_000, None)
            .await
            .expect(201);
        app.advance(Span::millis(299_000)).await;
    }
    assert_eq!(show(&app, &id).await["status"], "open");
    app.advance(Span::seconds(3)).await;
    let told = closings(&app).await;
    assert_eq!(told[0].winner.as_ref().unwrap().user_id, juno.id);
    let end = ends_at - Span::seconds(1) + Span::millis(2 * 299_000) + Span::minutes(5);
    assert!(told[0].closed_at >= end && told[0].closed_at.since(end) <= Span::seconds(2));
}

#[tokio::test]
async fn what_is_not_open_is_left_alone() {
    let app = start().await;
    let minji = app.signed_in("minji");
    invoke(&app, "01938f3c-7e2a-7000-8000-000000000001").await;
    let (id, _) = arranged(&app, &minji, 600).await;
    app.advance(Span::minutes(10)).await;
    for _ in 0..3 {
        invoke(&app, &id).await;
        app.settle().await;
    }
    check_won(&app, &minji).await;
}

#[tokio::test]
async fn a_close_that_fails_comes_again() {
    for kind in [FaultKind::Throttle, FaultKind::TimeoutBefore, FaultKind::TimeoutAfter] {
        for action in ["dynamodb:GetItem", "dynamodb:UpdateItem"] {
            let app = start().await;
            app.expect_failures();
            let minji = app.signed_in("minji");
            arranged(&app, &minji, 600).await;
            for _ in 0..3 {
                app.cloud.faults().push(Fault::next(action, kind));
            }
            app.advance(Span::minutes(20)).await;
            assert!(app.cloud.faults().pending().is_empty(), "{action} {kind:?}");
            check_won(&app, &minji).await;
        }
    }
}
