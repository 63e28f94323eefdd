use domain::identity::Role;
use serde_json::json;

use crate::tests::fixture::{Market, person, trade_id};

#[tokio::test]
async fn both_sides_and_admins_read_everything_in_order() {
    let market = Market::disputed().await;
    market.state_by(&market.seller, "보낼 때는 멀쩡했습니다").await.expect(200);
    market.state_by(&market.buyer, "상자를 보세요\n사진이 있습니다").await.expect(200);
    market.offer(&market.seller, 10_000).await.expect(200);
    let token = market.token(market.admin().id, &[Role::User, Role::Admin]);
    let admin = market.get(&format!("/v1/trades/{}/dispute", trade_id())).bearer(&token);
    let seen = admin.send().await.expect(200).json();
    let said: Vec<_> = seen["statements"].as_array().unwrap().iter().collect();
    assert_eq!(said.len(), 3);
    for (line, (number, by, text)) in said.iter().zip([
        (1, "buyer", "깨졌습니다"),
        (2, "seller", "보낼 때는 멀쩡했습니다"),
        (3, "buyer", "상자를 보세요\n사진이 있습니다"),
    ]) {
        assert_eq!((&line["number"], &line["by"]), (&json!(number), &json!(by)));
        assert_eq!(line["text"], text);
    }
    assert_eq!(seen["offer"]["amount"], 10_000);
    assert_eq!(seen["offer"]["by"], "seller");
    for who in [&market.buyer, &market.seller] {
        assert_eq!(market.shown_dispute(who).await.expect(200).json(), seen);
    }
}

#[tokio::test]
async fn nobody_else_and_nothing_where_nobody_complained() {
    let market = Market::disputed().await;
    let stranger = market.shown_dispute(&person(&market, 1)).await;
    stranger.expect_problem(404, "trade-not-found");
    let market = Market::delivered().await;
    market.shown_dispute(&market.buyer).await.expect_problem(409, "wrong-trade-state");
}
