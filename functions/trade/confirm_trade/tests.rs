use gateway::fake::ParcelStep;

use crate::tests::fixture::{Market, PRICE, person, trade_id};

#[tokio::test]
async fn the_seller_is_paid_the_price_less_the_fee() {
    let market = Market::shipped().await;
    market.arrive().await;
    market.confirm().await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
    assert!(market.trade(trade_id()).await.settled_at.is_some());
    market.confirm().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn the_buyer_may_confirm_on_the_way() {
    let market = Market::shipped().await;
    market.confirm().await.expect_problem(409, "not-picked-up");
    market.carried(ParcelStep::Announce).await;
    market.confirm().await.expect_problem(409, "not-picked-up");
    market.carried(ParcelStep::PickUp).await;
    let reply = market.confirm().await.expect(200).json();
    let states: Vec<_> =
        reply["history"].as_array().unwrap().iter().map(|line| &line["state"]).collect();
    let due = ["awaiting_payment", "awaiting_shipment", "in_transit", "delivered", "completed"];
    assert_eq!(states, due);
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
}

#[tokio::test]
async fn refuses_others_and_too_early() {
    let market = Market::paid().await;
    market.confirm().await.expect_problem(409, "wrong-trade-state");
    market.ask(trade_id(), "confirm", &market.seller).send().await.expect_problem(403, "forbidden");
    let stranger = market.ask(trade_id(), "confirm", &person(&market, 1)).send().await;
    stranger.expect_problem(404, "trade-not-found");
}
