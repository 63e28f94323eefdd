use std::sync::Arc;

use gateway::fake::ParcelStep;
use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{Market, PRICE, at_once, count, person, shared, trade_id};

#[tokio::test]
async fn the_money_stays_until_somebody_decides() {
    let market = Market::delivered().await;
    let view = market.dispute().await.expect(200).json();
    assert_eq!((&view["state"], &view["role"]), (&json!("disputed"), &json!("buyer")));
    assert_eq!(view["deadline"], (market.now() + Span::days(14)).to_string());
    let dispute = &view["dispute"];
    assert_eq!(dispute["complaint"], "damaged");
    assert_eq!(dispute["delivered"], true);
    assert_eq!(dispute["statementsUntil"], (market.now() + Span::days(7)).to_string());
    market.wait(Span::hours(73)).await;
    assert_eq!(market.state(trade_id()).await, "disputed");
    assert_eq!(market.escrow(trade_id()).await, PRICE);
    market.dispute().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn within_seventy_two_hours_after_the_delivery() {
    let market = Market::delivered().await;
    let deadline = market.trade(trade_id()).await.deadline.unwrap();
    market.clock.advance(Span::hours(72));
    let late = market.dispute().await.expect_problem(409, "dispute-overdue").json();
    assert_eq!(late["deadline"], deadline.to_string());
    market.sweep().await;
    assert_eq!(market.state(trade_id()).await, "completed");
    market.dispute().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn a_parcel_once_it_is_under_way_for_a_week() {
    let market = Market::shipped().await;
    let never = market.dispute().await.expect_problem(409, "dispute-too-early").json();
    assert_eq!(never["from"], Value::Null);
    market.carried(ParcelStep::PickUp).await;
    let from = market.now() + Span::days(7);
    let early = market.dispute().await.expect_problem(409, "dispute-too-early").json();
    assert_eq!(early["from"], from.to_string());
    market.wait(Span::days(7)).await;
    assert_eq!(market.trade(trade_id()).await.deadline, None, "told, and not asked again");
    market.dispute().await.expect(200);
    // On day 14 of the dispute, of a parcel that nobody ever brought.
    market.wait(Span::days(14)).await;
    assert_eq!(market.reason(trade_id()).await, "not_decided");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
}

#[tokio::test]
async fn what_arrives_meanwhile_is_paid_when_nobody_decides() {
    let market = Market::disputed_on_the_way().await;
    market.carried_in_silence(ParcelStep::Deliver).await;
    assert_eq!(market.state(trade_id()).await, "disputed");
    let view = market.shown_dispute(&market.buyer).await.expect(200).json();
    assert_eq!(view["delivered"], true);
    market.wait(Span::days(12)).await;
    assert_eq!(market.trade(trade_id()).await.reminded, 1, "staff is reminded");
    market.wait(Span::days(2)).await;
    assert_eq!(market.state(trade_id()).await, "completed");
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
}

#[tokio::test]
async fn a_disputed_parcel_that_is_lost_is_refunded() {
    let market = Market::disputed_on_the_way().await;
    market.carried_in_silence(ParcelStep::Lose).await;
    assert_eq!(market.reason(trade_id()).await, "lost");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
}

#[tokio::test]
async fn a_buyer_who_is_content_after_all_confirms() {
    let market = Market::disputed().await;
    market.confirm().await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
}

#[tokio::test]
async fn only_the_buyer_and_only_with_words() {
    let market = Market::delivered().await;
    let body = json!({ "complaint": "damaged", "text": "깨졌습니다" });
    let by = |who| market.ask(trade_id(), "dispute", who);
    let seller = by(&market.seller).json(body.clone()).send().await;
    seller.expect_problem(403, "forbidden");
    let nobody = person(&market, 1);
    let stranger = by(&nobody).json(body).send().await;
    stranger.expect_problem(404, "trade-not-found");
    for bad in [
        json!({}),
        json!({ "complaint": "damaged" }),
        json!({ "complaint": "bored", "text": "깨졌습니다" }),
        json!({ "complaint": "damaged", "text": " \n " }),
        json!({ "complaint": "damaged", "text": "a\u{202e}b" }),
        json!({ "complaint": "damaged", "text": "가".repeat(1_001) }),
        json!({ "complaint": "damaged", "text": "깨졌습니다", "refund": 1 }),
    ] {
        let reply = by(&market.buyer).json(bad).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    assert_eq!(market.state(trade_id()).await, "delivered");
}

/// A complaint, a confirmation and the end of the deadline: one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_complaint_races_the_confirmation() {
    let market = shared(Market::delivered().await);
    let replies = at_once(12, |number| {
        let market = Arc::clone(&market);
        async move {
            match number % 2 {
                0 => market.dispute().await,
                _ => market.confirm().await,
            }
        }
    });
    let replies = replies.await;
    // A dispute may be confirmed after all.
    assert!((1..=2).contains(&count(&replies, 200)));
    market.run_until_idle().await;
    let state = market.state(trade_id()).await;
    let paid = market.purse(market.seller.id).await.0;
    match state {
        "completed" => assert_eq!(paid, PRICE - PRICE / 20),
        other => assert_eq!((other, paid), ("disputed", 0)),
    }
    let said = market.store().statements(trade_id()).await.unwrap();
    let opened = market.trade(trade_id()).await.dispute.is_some();
    assert_eq!(said.len(), usize::from(opened));
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    let market = Market::delivered().await;
    let send = || {
        let request = market.post(&format!("/v1/trades/{}/dispute", trade_id())).key("same");
        let body = json!({ "complaint": "other", "text": "상자가 비어 있습니다" });
        request.bearer(&market.token_of(&market.buyer)).json(body).send()
    };
    let first = send().await.expect(200).text();
    let again = send().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first);
    assert_eq!(market.store().statements(trade_id()).await.unwrap().len(), 1);
}
