use std::sync::Arc;

use domain::identity::Role;
use events::AuctionOutcome;
use kernel::Span;
use serde_json::{Value, json};
use testkit::{Reply, TestApp};

use crate::tests::fixture::{auction, bid, closings, show, start, token, void};

async fn cancel_with(app: &TestApp, id: &str, token: &str, body: Value) -> Reply {
    app.post(&format!("/v1/auctions/{id}/cancel")).bearer(token).json(body).send().await
}

async fn cancel(app: &TestApp, id: &str, token: &str) -> Reply {
    cancel_with(app, id, token, json!({ "reason": "물건이 파손되었습니다" })).await
}

#[tokio::test]
async fn a_seller_cancels_before_the_first_bid() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let later = json!(app.now() + Span::hours(1));
    for extra in [json!({}), json!({ "startsAt": later })] {
        let id = auction(&app, &seller, extra).await;
        let view = cancel(&app, &id, &seller.token).await.expect(200).json();
        assert_eq!((&view["status"], &view["isMine"]), (&json!("cancelled"), &json!(true)));
        bid(&app, &id, &minji, 10_000, None).await.expect_problem(409, "auction-cancelled");
        cancel(&app, &id, &seller.token).await.expect_problem(409, "auction-cancelled");
        assert_eq!(show(&app, &id).await["status"], "cancelled");
    }
    app.run_until_idle().await;
    let told = closings(&app).await;
    assert_eq!(told.len(), 2);
    for closed in told {
        assert_eq!((closed.outcome, closed.winner), (AuctionOutcome::Cancelled, None));
    }
}

#[tokio::test]
async fn after_the_first_bid_only_an_admin_may() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    cancel(&app, &id, &seller.token).await.expect_problem(409, "auction-has-bids");
    let view = cancel(&app, &id, &app.admin().token).await.expect(200).json();
    assert_eq!((&view["status"], &view["isMine"]), (&json!("cancelled"), &json!(false)));
    app.run_until_idle().await;
    assert_eq!(closings(&app).await[0].winner, None);
}

#[tokio::test]
async fn with_every_bid_void_it_is_the_sellers_again() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    let fraud = bid(&app, &id, &minji, 10_000, None).await.expect(201).json();
    app.run_until_idle().await;
    void(&app, &id, &fraud["id"]).await.expect(200);
    cancel(&app, &id, &seller.token).await.expect(200);
}

#[tokio::test]
async fn nobody_else_may() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    cancel(&app, &id, &minji.token).await.expect_problem(403, "forbidden");
    let inspector = app.token_with_roles(&[Role::User, Role::Inspector]);
    cancel(&app, &id, &inspector.token).await.expect_problem(403, "forbidden");
    let path = format!("/v1/auctions/{id}/cancel");
    let reply = app.post(&path).json(json!({ "reason": "x" })).send().await;
    reply.expect_problem(401, "unauthenticated");
    let nowhere = "01938f3c-7e2a-7000-8000-000000000001";
    cancel(&app, nowhere, &minji.token).await.expect_problem(404, "auction-not-found");
    assert_eq!(show(&app, &id).await["status"], "open");
}

#[tokio::test]
async fn a_reason_is_due() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    let (long, longest) = ("가".repeat(201), "가".repeat(200));
    let bad = [
        (json!({}), "/reason"),
        (json!({ "reason": "" }), "/reason"),
        (json!({ "reason": "  " }), "/reason"),
        (json!({ "reason": long }), "/reason"),
        (json!({ "reason": null }), "/reason"),
        (json!({ "reason": "x", "force": true }), "/force"),
    ];
    for (body, pointer) in bad {
        let reply = cancel_with(&app, &id, &seller.token, body.clone()).await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{body}");
    }
    cancel_with(&app, &id, &seller.token, json!({ "reason": longest })).await.expect(200);
}

#[tokio::test]
async fn after_the_end_there_is_nothing_to_cancel() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    for (later, told) in [(600_000, 0), (2_999, 0), (1, 1)] {
        app.clock.advance(Span::millis(later));
        for token in [token(&app, &seller), app.admin().token] {
            cancel(&app, &id, &token).await.expect_problem(409, "auction-ended");
        }
        app.run_until_idle().await;
        assert_eq!(closings(&app).await.len(), told);
    }
    assert_eq!(closings(&app).await[0].outcome, AuctionOutcome::Unsold);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_first_bid_and_a_cancel_at_once_exactly_one_wins() {
    let app = Arc::new(start().await);
    let seller = app.signed_in("seller");
    for round in 0..12 {
        let id = auction(&app, &seller, json!({})).await;
        let bidder = app.signed_in("bidder");
        let bidding = {
            let (app, id) = (app.clone(), id.clone());
            async move { bid(&app, &id, &bidder, 10_000, None).await }
        };
        let cancelling = {
            let (app, id, token) = (app.clone(), id.clone(), seller.token.clone());
            async move { cancel(&app, &id, &token).await }
        };
        let mut tasks = tokio::task::JoinSet::new();
        if round % 2 == 0 {
            tasks.spawn(bidding);
            tasks.spawn(cancelling);
        } else {
            tasks.spawn(cancelling);
            tasks.spawn(bidding);
        }
        let mut answers: Vec<(u16, String)> =
            tasks.join_all().await.iter().map(|reply| (reply.status(), reply.code())).collect();
        answers.sort();
        let due = match answers[0].0 {
            200 => [(200, String::new()), (409, "auction-cancelled".to_owned())],
            _ => [(201, String::new()), (409, "auction-has-bids".to_owned())],
        };
        assert_eq!(answers, due, "round {round}");
    }
}

/// Regression: the SDK's second write met the effect of the first, and the seller was told that the
/// auction had been cancelled already.
#[tokio::test]
async fn a_cancel_whose_answer_was_lost_was_refused() {
    use local::{Fault, FaultKind};
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    app.cloud.faults().push(Fault::next("dynamodb:UpdateItem", FaultKind::TimeoutAfter));
    cancel(&app, &id, &token(&app, &seller)).await.expect(200);
    assert_eq!(show(&app, &id).await["status"], "cancelled");
    // Asked once more, it is what it says.
    let again = cancel(&app, &id, &token(&app, &seller)).await;
    again.expect_problem(409, "auction-cancelled");
}

/// F15: an admin who sells cancelled after bids.
#[tokio::test]
async fn an_admin_who_sells_is_a_seller() {
    let app = start().await;
    let admin = app.admin();
    let minji = app.signed_in("minji");
    let id = auction(&app, &admin, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    cancel(&app, &id, &admin.token).await.expect_problem(409, "auction-has-bids");
}

/// Every command takes an idempotency key, this one too; what staff does is noted.
#[tokio::test]
async fn a_cancellation_repeats_by_its_key_and_leaves_its_author() {
    let app = start().await;
    let [seller, minji] = ["seller", "minji"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let admin = app.admin();
    let path = format!("/v1/auctions/{id}/cancel");
    let send = |reason: &str| {
        let request = app.post(&path).bearer(&admin.token).key("once");
        request.json(json!({ "reason": reason })).send()
    };
    let first = send("stolen goods").await.expect(200);
    let again = send("stolen goods").await.expect(200);
    assert_eq!((again.text(), again.header("idempotency-replayed")), (first.text(), Some("true")));
    send("another").await.expect_problem(422, "idempotency-key-reused");
    cancel(&app, &id, &admin.token).await.expect_problem(409, "auction-cancelled");
    let acts = app.store().staff_acts(&store::staff::month_of(app.now()), 10, None).await.unwrap();
    assert_eq!(acts.items.len(), 1, "{acts:?}");
    let act = &acts.items[0];
    assert_eq!((act.by, act.why.as_deref()), (admin.id, Some("stolen goods")));
    assert_eq!((act.what.as_str(), act.at), ("auction-cancel-auction", app.now()));
}
