use domain::auction::{CLOSE_GRACE, Status};
use events::{AuctionCreated, AuctionOutcome};
use futures::future::join_all;
use kernel::{Instant, Span};
use local::{Fault, FaultKind, Knobs};
use serde_json::json;
use store::{CommitError, Read};
use testkit::{RequestBuilder, TestApp, User};

use crate::tests::fixture::{auction, bid, closings, message, relay, show, start};

const HOUR: Span = Span::hours(1);

/// An hour's auction with a bid of `who`, its close arranged; the sweep stands still.
async fn arranged(app: &TestApp, who: &User, seconds: i64) -> (String, Instant) {
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    let ends_at = app.now() + Span::seconds(seconds);
    let id = auction(app, &seller, json!({ "durationSeconds": seconds })).await;
    relay::<AuctionCreated>(app).await;
    bid(app, &id, who, 10_000, Some(20_000)).await.expect(201);
    app.run_until_idle().await;
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
async fn settled_within_five_seconds_however_the_scheduler_behaves() {
    type Turn = fn(&mut Knobs);
    let late = Span::seconds(60);
    let days: &[(&str, Turn)] = &[
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
    assert!(late < crate::closing::ARM_BEFORE);
    for (what, turn) in days {
        for seconds in [600, 899, 900, 901, 3_600] {
            let app = start().await;
            app.cloud.adjust(turn);
            let minji = app.signed_in("minji");
            let (id, ends_at) = arranged(&app, &minji, seconds).await;
            app.advance(Span::millis(seconds * 1_000 - 1)).await;
            assert_eq!(show(&app, &id).await["status"], "open", "{what}, {seconds} s");
            for later in [1, 2_999] {
                app.advance(Span::millis(later)).await;
                assert_eq!(show(&app, &id).await["status"], "ended", "{what}, {seconds} s");
            }
            app.advance(Span::millis(1_001)).await;
            let closed_at = check_won(&app, &minji).await;
            assert!(closed_at >= ends_at + CLOSE_GRACE, "{what}, {seconds} s: {closed_at}");
            assert!(
                closed_at.since(ends_at) <= Span::seconds(5),
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
    let (_, ends_at) = arranged(&app, &minji, 3_597).await;
    app.cloud.adjust(|knobs| knobs.rates = true);
    app.advance(HOUR).await;
    let closed_at = check_won(&app, &minji).await;
    assert!(closed_at.since(ends_at) <= Span::minutes(1), "{closed_at}");
}

/// Whatever its caller decided, and with whatever clock.
#[tokio::test]
async fn the_row_itself_refuses_to_end_before_the_grace_is_over() {
    let app = start().await;
    let (id, ends_at) = arranged(&app, &app.signed_in("minji"), 600).await;
    app.cloud.pause("auction-close-auction");
    let head = app.store().auction_head(id.parse().unwrap(), Read::Consistent).await;
    let head = head.unwrap().unwrap();
    for early in [ends_at - Span::millis(1), ends_at, ends_at + CLOSE_GRACE - Span::millis(1)] {
        let refused = app.store().auction_end(&head, Status::Won, early).await;
        assert!(matches!(refused, Err(CommitError::Condition { .. })), "{early}: {refused:?}");
    }
    app.store().auction_end(&head, Status::Won, ends_at + CLOSE_GRACE).await.unwrap();
    app.leave_unchecked();
}

#[tokio::test]
async fn closers_at_once_agree() {
    let app = start().await;
    let minji = app.signed_in("minji");
    let (id, _) = arranged(&app, &minji, 600).await;
    app.cloud.pause("auction-close-auction");
    for (later, status) in [(600_000, "ended"), (2_999, "ended"), (1, "won")] {
        app.clock.advance(Span::millis(later));
        let sweep = app.invoke("auction-sweep-due-auctions", json!({}));
        let closers = join_all((0..8).map(|_| invoke(&app, &id)));
        let readers = join_all((0..8).map(|_| show(&app, &id)));
        let (swept, _, shown) = tokio::join!(sweep, closers, readers);
        swept.unwrap();
        assert!(shown.iter().all(|view| view["status"] == status), "{shown:?}");
    }
    app.cloud.resume("auction-close-auction");
    app.run_until_idle().await;
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
    for (later, closed) in [(1, 0), (2_999, 0), (1, 1)] {
        app.clock.advance(Span::millis(later));
        let closers = join_all((0..4).map(|_| invoke(&app, &id)));
        let (placed, _) = tokio::join!(bid(&app, &id, &sora, 90_000, None), closers);
        placed.expect_problem(409, "auction-ended");
        app.run_until_idle().await;
        assert_eq!(closings(&app).await.len(), closed);
    }
    let told = closings(&app).await;
    let winner = told[0].winner.as_ref().unwrap();
    assert_eq!((winner.user_id, winner.price.get()), (juno.id, 30_000));
    let moved = ends_at - Span::millis(1) + Span::minutes(5);
    assert_eq!(told[0].closed_at, moved + CLOSE_GRACE);
    app.advance(Span::minutes(5)).await;
}

#[tokio::test]
async fn a_bid_received_in_time_was_beaten_by_whoever_looked_first() {
    let app = start().await;
    let [minji, juno] = ["minji", "juno"].map(|name| app.signed_in(name));
    let (id, ends_at) = arranged(&app, &minji, 600).await;
    app.clock.advance(Span::millis(599_999));
    app.cloud.faults().push(Fault::next("dynamodb:UpdateItem", FaultKind::Throttle));
    let mut bidding = Box::pin(bid(&app, &id, &juno, 30_000, None));
    // Until its first write came back: then it waits, and nothing of it moves.
    while app.cloud.faults().injected().is_empty() {
        assert!(futures::poll!(&mut bidding).is_pending());
        tokio::task::yield_now().await;
    }
    app.clock.advance(Span::millis(6));
    let (_other, router) = app.another_container();
    let look = RequestBuilder::new(router, "GET", &format!("/v1/auctions/{id}"));
    assert_eq!(look.send().await.expect(200).json()["status"], "ended");
    invoke(&app, &id).await;
    app.invoke("auction-sweep-due-auctions", json!({})).await.unwrap();
    let placed = bidding.await.expect(201).json();
    assert_eq!(placed["outcome"], "leading");
    assert_eq!(placed["receivedAt"], json!(ends_at - Span::millis(1)));
    let moved = ends_at - Span::millis(1) + Span::minutes(5);
    let view = show(&app, &id).await;
    assert_eq!((&view["status"], &view["endsAt"]), (&json!("open"), &json!(moved)));
    app.advance(Span::minutes(6)).await;
    let told = closings(&app).await;
    assert_eq!(told[0].winner.as_ref().unwrap().user_id, juno.id);
}

#[tokio::test]
async fn a_closer_whose_clock_runs_ahead_closes_nothing_early() {
    let app = start().await;
    let [minji, juno] = ["minji", "juno"].map(|name| app.signed_in(name));
    let (id, ends_at) = arranged(&app, &minji, 600).await;
    app.cloud.pause("auction-close-auction");
    for left in [900, 500, 1] {
        let now = ends_at - Span::millis(left);
        app.clock.set(now + Span::millis(900));
        assert_eq!(show(&app, &id).await["status"], "ended", "{left} ms before");
        invoke(&app, &id).await;
        app.invoke("auction-sweep-due-auctions", json!({})).await.unwrap();
        app.clock.set(now);
        assert_eq!(show(&app, &id).await["status"], "open", "{left} ms before");
    }
    bid(&app, &id, &juno, 30_000, None).await.expect(201);
    app.cloud.resume("auction-close-auction");
    app.advance(Span::minutes(6)).await;
    let told = closings(&app).await;
    assert_eq!(told[0].winner.as_ref().unwrap().user_id, juno.id);
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
    app.advance(Span::seconds(5)).await;
    let told = closings(&app).await;
    assert_eq!(told[0].winner.as_ref().unwrap().user_id, juno.id);
    let end = ends_at - Span::seconds(1) + Span::millis(2 * 299_000) + Span::minutes(5);
    let late = told[0].closed_at.since(end);
    assert!((CLOSE_GRACE..=Span::seconds(5)).contains(&late), "{late:?}");
}

#[tokio::test]
async fn what_is_not_open_is_left_alone() {
    let app = start().await;
    let minji = app.signed_in("minji");
    invoke(&app, "01938f3c-7e2a-7000-8000-000000000001").await;
    let (id, _) = arranged(&app, &minji, 600).await;
    app.advance(Span::seconds(603)).await;
    for _ in 0..3 {
        invoke(&app, &id).await;
        app.run_until_idle().await;
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
