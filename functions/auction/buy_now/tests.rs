use std::sync::Arc;

use kernel::Span;
use serde_json::json;
use store::{Table, Transaction, Write, keys};
use testkit::User;

use crate::tests::fixture::{auction, bid, bid_with, buy, closings, show, start, token};

#[tokio::test]
async fn it_ends_the_auction_at_its_price() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let extra = json!({ "buyNowPrice": 50_000, "reservePrice": 40_000 });
    let id = auction(&app, &seller, extra).await;
    bid(&app, &id, &minji, 10_000, Some(30_000)).await.expect(201);
    let body = buy(&app, &id, &juno).await.expect(201).json();
    assert_eq!((&body["outcome"], &body["price"]), (&json!("bought"), &json!(50_000)));
    assert_eq!((&body["amount"], &body["maxAmount"]), (&json!(50_000), &json!(50_000)));
    let view = show(&app, &id).await;
    assert_eq!((&view["status"], &view["price"]), (&json!("sold-buy-now"), &json!(50_000)));
    app.run_until_idle().await;
    let told = closings(&app).await;
    assert_eq!(told.len(), 1);
    let winner = told[0].winner.clone().unwrap();
    assert_eq!((winner.user_id, winner.price.get()), (juno.id, 50_000));
    assert_eq!(json!(winner.bid_id), body["id"]);
}

#[tokio::test]
async fn refusals() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let without = auction(&app, &seller, json!({})).await;
    buy(&app, &without, &minji).await.expect_problem(409, "no-buy-now");
    let later = json!(app.now() + Span::hours(1));
    let extra = json!({ "buyNowPrice": 50_000, "startsAt": later });
    let scheduled = auction(&app, &seller, extra).await;
    buy(&app, &scheduled, &minji).await.expect_problem(409, "auction-not-open");
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    buy(&app, &id, &seller).await.expect_problem(403, "own-auction");
    buy(&app, "01938f3c-7e2a-7000-8000-000000000001", &minji)
        .await
        .expect_problem(404, "auction-not-found");
    let path = format!("/v1/auctions/{id}/buy-now");
    let keyless = app.post(&path).bearer(&minji.token).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    app.post(&path).key("k").send().await.expect_problem(401, "unauthenticated");
    for day in 0..3 {
        let then = app.now() - Span::days(day);
        app.strike(minji.id, store::auction::StrikeKind::Unpaid, then).await;
    }
    buy(&app, &id, &minji).await.expect_problem(403, "bidder-suspended");
    app.clock.advance(Span::minutes(10));
    let juno = app.signed_in("juno");
    buy(&app, &id, &juno).await.expect_problem(409, "auction-ended");
}

#[tokio::test]
async fn whom_the_seller_blocked_neither_buys_nor_bids() {
    let app = start().await;
    let [seller, other, minji] = ["seller", "other", "minji"].map(|name| app.signed_in(name));
    let block = Write::update(Table::Identity, keys::block(seller.id, minji.id));
    let block = block.set_text("user", minji.id.to_string());
    app.store().commit(Transaction::new().write(block)).await.unwrap();
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    buy(&app, &id, &minji).await.expect_problem(403, "bidder-blocked");
    bid(&app, &id, &minji, 10_000, None).await.expect_problem(403, "bidder-blocked");
    let elsewhere = auction(&app, &other, json!({})).await;
    bid(&app, &elsewhere, &minji, 10_000, None).await.expect(201);
}

#[tokio::test]
async fn a_key_buys_once() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    let path = format!("/v1/auctions/{id}/buy-now");
    let once = async || app.post(&path).bearer(&token(&app, &minji)).key("k").send().await;
    let first = once().await.expect(201);
    for _ in 0..2 {
        let again = once().await.expect(201);
        assert_eq!(again.text(), first.text());
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        app.run_until_idle().await;
    }
    buy(&app, &id, &minji).await.expect_problem(409, "auction-ended");
}

#[tokio::test]
async fn a_key_of_a_bid_kept_its_bidder_from_buying() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    bid_with(&app, &id, &minji, "k", json!({ "amount": 10_000 })).await.expect(201);
    let path = format!("/v1/auctions/{id}/buy-now");
    // Keys belong to a route.
    let bought = app.post(&path).bearer(&token(&app, &minji)).key("k").send().await.expect(201);
    assert_eq!(bought.json()["outcome"], "bought");
    assert_eq!(bought.header("idempotency-replayed"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_buyers_at_once_one_buys() {
    let app = Arc::new(start().await);
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..40_i64 {
        let (app, id, who) = (app.clone(), id.clone(), app.signed_in("buyer"));
        tasks.spawn(async move {
            let reply = match n % 2 {
                0 => buy(&app, &id, &who).await,
                _ => bid(&app, &id, &who, 10_000 + n * 500, None).await,
            };
            (who, reply)
        });
    }
    let answers: Vec<(User, testkit::Reply)> = tasks.join_all().await;
    let mut bought = Vec::new();
    for (who, reply) in &answers {
        match reply.status() {
            201 if reply.json()["outcome"] == "bought" => bought.push(who.id),
            201 => {}
            409 => assert!(["auction-ended", "bid-too-low"].contains(&&*reply.code())),
            other => panic!("{other}: {}", reply.text()),
        }
    }
    assert_eq!(bought.len(), 1);
    app.run_until_idle().await;
    let told = closings(&app).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].winner.as_ref().unwrap().user_id, bought[0]);
}
