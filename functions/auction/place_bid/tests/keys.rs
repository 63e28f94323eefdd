//! One key, one bid.

use futures::future::join_all;
use serde_json::json;

use crate::tests::fixture::{auction, bid, bid_with, show, start};

#[tokio::test]
async fn a_bid_needs_a_key() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    let path = format!("/v1/auctions/{id}/bids");
    let body = json!({ "amount": 10_000 });
    let without = app.post(&path).bearer(&minji.token).json(body.clone()).send().await;
    without.expect_problem(400, "idempotency-key-required");
    for key in ["", "a b", &"k".repeat(65), "키"] {
        let reply = bid_with(&app, &id, &minji, key, body.clone()).await;
        reply.expect_problem(400, "idempotency-key-invalid");
    }
}

#[tokio::test]
async fn the_same_key_64_times_at_once_is_one_bid() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    let body = json!({ "amount": 12_000, "maxAmount": 15_000 });
    let same = (0..64).map(|_| bid_with(&app, &id, &minji, "only-once", body.clone()));
    let replies = join_all(same).await;
    let first = replies[0].text();
    for reply in &replies {
        assert_eq!((reply.status(), reply.text()), (201, first.clone()));
    }
    let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!(show(&app, &id).await["bidCount"], 1);
}

#[tokio::test]
async fn a_key_is_remembered_when_later_bids_have_pushed_it_out_of_the_head() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let body = json!({ "amount": 10_000 });
    let first = bid_with(&app, &id, &minji, "early", body.clone()).await.expect(201);
    for n in 0..6 {
        let who = if n % 2 == 0 { &juno } else { &minji };
        bid(&app, &id, who, 11_000 + n * 1_000, None).await.expect(201);
        app.run_until_idle().await;
    }
    let again = bid_with(&app, &id, &minji, "early", body).await.expect(201);
    assert_eq!(again.text(), first.text());
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = bid_with(&app, &id, &minji, "early", json!({ "amount": 90_000 })).await;
    other.expect_problem(422, "idempotency-key-reused");
    assert_eq!(show(&app, &id).await["bidCount"], 7);
}

#[tokio::test]
async fn the_same_key_of_another_user_is_another_key() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid_with(&app, &id, &minji, "k", json!({ "amount": 10_000 })).await.expect(201);
    bid_with(&app, &id, &juno, "k", json!({ "amount": 11_000 })).await.expect(201);
    assert_eq!(show(&app, &id).await["bidCount"], 2);
}

#[tokio::test]
async fn a_raise_repeats_like_any_bid() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let body = json!({ "amount": 30_000, "maxAmount": 50_000 });
    let raise = bid_with(&app, &id, &minji, "k", body.clone()).await.expect(201);
    // What everybody sees of it is the price.
    assert_eq!((&raise.json()["amount"], &raise.json()["price"]), (&json!(10_000), &json!(10_000)));
    for _ in 0..2 {
        let again = bid_with(&app, &id, &minji, "k", body.clone()).await.expect(201);
        assert_eq!(again.text(), raise.text());
        let others = [json!({ "amount": 9_000, "maxAmount": 50_000 }), json!({ "amount": 30_000 })];
        for other in others {
            let reply = bid_with(&app, &id, &minji, "k", other).await;
            reply.expect_problem(422, "idempotency-key-reused");
        }
        app.run_until_idle().await;
    }
}

#[tokio::test]
async fn a_higher_amount_under_a_used_key_was_answered_with_the_first_bid() {
    let app = start().await;
    let [seller, minji] = ["seller", "minji"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let body = json!({ "amount": 20_000, "maxAmount": 50_000 });
    bid_with(&app, &id, &minji, "k", body).await.expect(201);
    for _ in 0..2 {
        let other = json!({ "amount": 30_000, "maxAmount": 50_000 });
        let reply = bid_with(&app, &id, &minji, "k", other).await;
        reply.expect_problem(422, "idempotency-key-reused");
        app.run_until_idle().await;
    }
    assert_eq!(show(&app, &id).await["bidCount"], 1);
}

/// F22: a repetition in the moment before its row is written was decided again.
#[tokio::test]
async fn a_repetition_before_the_row_is_there_is_never_decided_again() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let (_other, elsewhere) = app.another_container();
    // The other container learns of the auction before the bid, and remembers it for a second.
    let path = format!("/v1/auctions/{id}/bids");
    let there = |who: &testkit::User, key: &str, body: serde_json::Value| {
        testkit::RequestBuilder::new(elsewhere.clone(), "POST", &path)
            .bearer(&who.token)
            .key(key)
            .json(body)
            .send()
    };
    there(&juno, "first", json!({ "amount": 10_000 })).await.expect(201);
    app.run_until_idle().await;
    app.cloud.pause("auction-on-head-changed");
    let body = json!({ "amount": 11_000 });
    let first = bid_with(&app, &id, &minji, "k", body.clone()).await.expect(201);
    let again = there(&minji, "k", body.clone()).await.expect(201);
    assert_eq!(again.text(), first.text());
    for n in 0..23 {
        let who = if n % 2 == 0 { &juno } else { &minji };
        bid(&app, &id, who, 12_000 + n * 1_000, None).await.expect(201);
    }
    let higher = json!({ "amount": 90_000 });
    // Its copy of the head still carries the whole bid.
    let again = there(&minji, "k", body.clone()).await.expect(201);
    assert_eq!(again.text(), first.text());
    let other = there(&minji, "k", higher.clone()).await;
    other.expect_problem(422, "idempotency-key-reused");
    for other in [body.clone(), higher] {
        let reply = bid_with(&app, &id, &minji, "k", other).await;
        reply.expect_problem(409, "idempotency-in-progress");
    }
    app.cloud.resume("auction-on-head-changed");
    app.run_until_idle().await;
    let again = there(&minji, "k", body).await.expect(201);
    assert_eq!(again.text(), first.text());
    assert_eq!(show(&app, &id).await["bidCount"], 25);
}
