use serde_json::{Value, json};

use crate::tests::fixture::{Market, PRICE, person, trade_id};

#[tokio::test]
async fn less_than_the_price_and_more_than_nothing() {
    let market = Market::disputed().await;
    for whole in [PRICE, PRICE + 1, 1_000_000_000_000] {
        market.offer(&market.seller, whole).await.expect_problem(409, "refund-not-partial");
    }
    for bad in [json!(0), json!(-1), json!("1000"), json!(1.5), json!(null), json!(i64::MAX)] {
        let request = market.ask(trade_id(), "dispute/refund-offers", &market.buyer);
        let reply = request.json(json!({ "amount": bad })).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    for amount in [1, PRICE - 1] {
        let view = market.offer(&market.buyer, amount).await.expect(200).json();
        assert_eq!(view["dispute"]["offer"]["amount"], amount);
    }
    assert_eq!(market.escrow(trade_id()).await, PRICE);
}

#[tokio::test]
async fn by_the_two_sides_of_an_open_dispute_only() {
    let market = Market::disputed().await;
    let stranger = market.offer(&person(&market, 1), 1_000).await;
    stranger.expect_problem(404, "trade-not-found");
    let market = Market::to_send_back().await;
    market.offer(&market.seller, 1_000).await.expect_problem(409, "wrong-trade-state");
    let view = market.shown_dispute(&market.seller).await.expect(200).json();
    assert_eq!(view["offer"], Value::Null);
}
