use gateway::fake::ParcelStep;
use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{BACK, Market, PRICE, parcel, ruling, shipment, trade_id};

#[tokio::test]
async fn what_went_back_is_refunded_after_two_days() {
    let market = Market::to_send_back().await;
    let view = market.send_back().await.expect(200).json();
    assert_eq!(view["state"], "returning");
    assert_eq!(view["goingBack"]["trackingNumber"], BACK);
    market.carried_of(BACK, ParcelStep::PickUp).await;
    market.carried_of(BACK, ParcelStep::Deliver).await;
    let trade = market.trade(trade_id()).await;
    assert_eq!(trade.deadline, Some(market.now() + Span::hours(48)));
    market.wait(Span::hours(24)).await;
    assert_eq!(market.trade(trade_id()).await.reminded, 1);
    market.wait(Span::hours(24)).await;
    assert_eq!(market.reason(trade_id()).await, "returned");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
}

#[tokio::test]
async fn what_is_not_sent_is_kept_and_paid() {
    let market = Market::to_send_back().await;
    market.wait(Span::hours(48)).await;
    assert_eq!(market.trade(trade_id()).await.reminded, 1);
    market.clock.advance(Span::hours(24));
    market.send_back().await.expect_problem(409, "shipment-overdue");
    market.sweep().await;
    assert_eq!(market.state(trade_id()).await, "completed");
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
}

/// A number is no parcel: its carrier never had it.
#[tokio::test]
async fn a_number_that_nobody_hands_in_is_kept_and_paid_and_free_again() {
    let market = Market::to_send_back().await;
    market.send_back().await.expect(200);
    market.wait(Span::hours(48)).await;
    market.wait(Span::hours(24)).await;
    assert_eq!(market.state(trade_id()).await, "completed");
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    let number = crate::tests::fixture::cj(BACK);
    assert_eq!(market.store().trade_of_parcel(&number).await.unwrap(), None);
}

/// The notice was lost: nobody is blamed before the carrier was asked.
#[tokio::test]
async fn the_carrier_is_asked_before_a_return_is_taken_for_not_sent() {
    let market = Market::to_send_back().await;
    market.send_back().await.expect(200);
    market.run_until_idle().await;
    market.parcels().step("kr.cjlogistics", BACK, ParcelStep::PickUp);
    drop(market.parcel_notices());
    market.wait(Span::hours(72)).await;
    market.sweep().await;
    assert_eq!(market.state(trade_id()).await, "returning");
}

#[tokio::test]
async fn a_return_that_is_lost_is_refunded_and_one_that_turns_back_is_an_admins() {
    let market = Market::going_back().await;
    market.carried_of(BACK, ParcelStep::Lose).await;
    assert_eq!(market.reason(trade_id()).await, "lost_on_return");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    for turned in [true, false] {
        let market = Market::going_back().await;
        match turned {
            true => market.carried_of(BACK, ParcelStep::Return).await,
            false => market.wait(Span::days(7)).await,
        }
        let view = market.shown_dispute(&market.seller).await.expect(200).json();
        assert_eq!(view["doubtedAt"], market.now().to_string());
        market.rule(ruling("complete")).await.expect(200);
        market.run_until_idle().await;
        assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    }
}

#[tokio::test]
async fn by_the_buyer_with_a_number_of_its_own() {
    let market = Market::to_send_back().await;
    let by = |who| market.ask(trade_id(), "send-back", who);
    let seller = by(&market.seller).json(parcel(BACK)).send().await;
    seller.expect_problem(403, "forbidden");
    let same = by(&market.buyer).json(shipment()).send().await;
    same.expect_problem(409, "tracking-number-used");
    for bad in [json!({}), parcel("1"), json!({ "carrier": "bird", "trackingNumber": BACK })] {
        by(&market.buyer).json(bad).send().await.expect_problem(400, "invalid-request");
    }
    market.send_back().await.expect(200);
    market.send_back().await.expect_problem(409, "wrong-trade-state");
    let market = Market::disputed().await;
    market.send_back().await.expect_problem(409, "wrong-trade-state");
}
