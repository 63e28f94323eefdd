use std::sync::Arc;

use domain::identity::Role;
use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{
    Market, PRICE, at_once, count, match_id, person, shared, shipment, trade_id,
};

#[tokio::test]
async fn a_seller_who_refuses_pays_the_buyer() {
    for (minutes, penalty) in [(59, PRICE / 20), (60, PRICE / 10)] {
        let market = Market::paid().await;
        market.fund(market.seller.id, penalty).await;
        market.clock.advance(Span::minutes(minutes));
        let reply = market.cancel(&market.seller).await.expect(200).json();
        assert_eq!(reply["cancellation"]["penalty"], penalty);
        assert_eq!(reply["cancellation"]["note"], "변심");
        // At once: no worker need come for it.
        assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE + penalty, 0));
        assert_eq!(market.purse(market.seller.id).await, (0, 0));
        assert_eq!(market.escrow(trade_id()).await, 0);
    }
}

#[tokio::test]
async fn a_matched_seller_who_refuses_pays_as_much() {
    for (minutes, penalty) in [(59, PRICE / 20), (60, PRICE / 10)] {
        let market = Market::matched().await;
        market.run_until_idle().await;
        market.clock.advance(Span::minutes(minutes));
        for (who, status) in [(&market.buyer, 409), (&market.seller, 200)] {
            let request = market.ask(match_id(), "cancel", who);
            request.json(json!({ "reason": "변심" })).send().await.expect(status);
        }
        market.run_until_idle().await;
        assert_eq!(market.reason(match_id()).await, "seller_refused");
        // All that was paid, the fee included; the seller has nothing.
        assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
        assert_eq!(market.purse(market.seller.id).await, (0, -penalty));
        assert_eq!(market.escrow(match_id()).await, 0);
    }
}

#[tokio::test]
async fn f3_an_unpaid_win_that_is_refused_costs_five_percent() {
    let market = Market::won().await;
    market.fund(market.seller.id, PRICE).await;
    market.cancel(&market.seller).await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.reason(trade_id()).await, "seller_refused");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE + PRICE / 20, 0));
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    assert!(market.store().trade(crate::tests::fixture::offer_id(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_paid_is_bought() {
    let market = Market::paid().await;
    market.cancel(&market.buyer).await.expect_problem(409, "wrong-trade-state");
    market.ship().await.expect(200);
    market.cancel(&market.seller).await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn an_admin_may_cancel_until_the_delivery() {
    let market = Market::shipped().await;
    let admin = market.admin();
    let cancel = || {
        let request = market.post(&format!("/v1/trades/{}/cancel", trade_id()));
        let token = market.token(admin.id, &[Role::User, Role::Admin]);
        request.bearer(&token).key(&market.fresh_key()).json(json!({ "reason": "사기" })).send()
    };
    cancel().await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    cancel().await.expect_problem(409, "wrong-trade-state");

    let market = Market::shipped().await;
    market.arrive().await;
    let request = market.post(&format!("/v1/trades/{}/cancel", trade_id())).key("k");
    let request = request.bearer(&market.admin().token).json(json!({ "reason": "사기" }));
    request.send().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn an_admin_has_no_say_in_the_own_trade() {
    let market = Market::shipped().await;
    for who in [&market.seller, &market.buyer] {
        let token = market.token(who.id, &[Role::User, Role::Admin]);
        let request = market.post(&format!("/v1/trades/{}/cancel", trade_id())).bearer(&token);
        let request = request.key(&market.fresh_key()).json(json!({ "reason": "변심" }));
        request.send().await.expect_problem(409, "wrong-trade-state");
    }
    assert_eq!(market.state(trade_id()).await, "in_transit");
}

#[tokio::test]
async fn refuses_strangers_and_bad_reasons() {
    let market = Market::won().await;
    let stranger = person(&market, 1);
    market.cancel(&stranger).await.expect_problem(404, "trade-not-found");
    for body in [json!({}), json!({ "reason": " " }), json!({ "reason": "가".repeat(201) })] {
        let reply = market.ask(trade_id(), "cancel", &market.seller).json(body).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let keyless = market.post(&format!("/v1/trades/{}/cancel", trade_id()));
    let keyless = keyless.bearer(&market.token_of(&market.seller)).json(json!({ "reason": "x" }));
    keyless.send().await.expect_problem(400, "idempotency-key-required");
    let none = market.post("/v1/trades/nothing/cancel").key("k").json(json!({ "reason": "x" }));
    let none = none.bearer(&market.token_of(&market.seller));
    none.send().await.expect_problem(400, "invalid-request");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_races_shipping_and_one_wins() {
    for _ in 0..8 {
        let market = shared(Market::paid().await);
        let replies = at_once(8, |number| {
            let market = Arc::clone(&market);
            async move {
                if number % 2 == 0 {
                    market.cancel(&market.seller).await
                } else {
                    let request = market.ask(trade_id(), "ship", &market.seller);
                    request.json(shipment()).send().await
                }
            }
        });
        assert_eq!(count(&replies.await, 200), 1);
        market.run_until_idle().await;
        let (escrow, buyer) = match market.state(trade_id()).await {
            "in_transit" => (PRICE, PRICE),
            "cancelled" => (0, 2 * PRICE),
            other => panic!("{other}"),
        };
        assert_eq!(market.escrow(trade_id()).await, escrow);
        assert_eq!(market.purse(market.buyer.id).await, (buyer, 0));
    }
}
