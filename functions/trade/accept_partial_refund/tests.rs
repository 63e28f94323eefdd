use std::sync::Arc;

use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{Market, PRICE, at_once, count, shared, trade_id};

#[tokio::test]
async fn the_buyer_has_the_part_and_the_seller_the_rest_without_the_fee_on_it() {
    let market = Market::disputed().await;
    market.offer(&market.seller, 30_000).await.expect(200);
    let view = market.accept(&market.buyer, 30_000).await.expect(200).json();
    assert_eq!((&view["state"], &view["refunded"]), (&json!("completed"), &json!(30_000)));
    assert_eq!(market.purse(market.buyer.id).await, (PRICE + 30_000, 0), "at once");
    market.run_until_idle().await;
    // 5 % of 70,000.
    assert_eq!(market.purse(market.seller.id).await, (70_000 - 3_500, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
}

#[tokio::test]
async fn what_the_other_side_offers_now_and_just_that() {
    let market = Market::disputed().await;
    let none = market.accept(&market.buyer, 30_000).await;
    none.expect_problem(409, "no-such-refund-offer");
    market.offer(&market.seller, 30_000).await.expect(200);
    let own = market.accept(&market.seller, 30_000).await;
    own.expect_problem(409, "no-such-refund-offer");
    let more = market.accept(&market.buyer, 30_001).await;
    more.expect_problem(409, "no-such-refund-offer");
    market.offer(&market.seller, 20_000).await.expect(200);
    let older = market.accept(&market.buyer, 30_000).await;
    older.expect_problem(409, "no-such-refund-offer");
    market.clock.advance(Span::hours(48));
    let late = market.accept(&market.buyer, 20_000).await;
    late.expect_problem(409, "no-such-refund-offer");
    market.offer(&market.buyer, 20_000).await.expect(200);
    market.accept(&market.seller, 20_000).await.expect(200);
}

/// Both sides, and the clock: the part is given back once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_is_refunded_once() {
    let market = shared(Market::disputed().await);
    market.offer(&market.seller, 40_000).await.expect(200);
    let replies = at_once(12, |number| {
        let market = Arc::clone(&market);
        async move {
            match number % 3 {
                0 => market.confirm().await,
                _ => market.accept(&market.buyer, 40_000).await,
            }
        }
    });
    assert_eq!(count(&replies.await, 200), 1);
    market.run_until_idle().await;
    let refunded = market.trade(trade_id()).await.refunded.get();
    assert_eq!(market.purse(market.buyer.id).await, (PRICE + refunded, 0));
    let kept = PRICE - refunded;
    assert_eq!(market.purse(market.seller.id).await, (kept - kept / 20, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    let market = Market::disputed().await;
    market.offer(&market.seller, 30_000).await.expect(200);
    let send = || {
        let request = market.post(&format!("/v1/trades/{}/dispute/refund", trade_id())).key("same");
        let body = json!({ "amount": 30_000 });
        request.bearer(&market.token_of(&market.buyer)).json(body).send()
    };
    let first = send().await.expect(200).text();
    let again = send().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first);
    assert_eq!(market.purse(market.buyer.id).await, (PRICE + 30_000, 0));
}
