use kernel::Span;

use crate::tests::fixture::{Market, forwarding, match_id, person, trade_id};

#[tokio::test]
async fn the_seller_says_so_after_shipping() {
    let market = Market::paid().await;
    market.deliver().await.expect_problem(409, "wrong-trade-state");
    market.ship().await.expect(200);
    market.ask(trade_id(), "deliver", &market.buyer).send().await.expect_problem(403, "forbidden");
    let stranger = market.ask(trade_id(), "deliver", &person(&market, 1)).send().await;
    stranger.expect_problem(404, "trade-not-found");
    let reply = market.deliver().await.expect(200).json();
    assert_eq!(reply["state"], "delivered");
    assert_eq!(reply["deadline"], (market.now() + Span::hours(72)).to_string());
    market.deliver().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn of_an_inspected_trade_the_centre_says_so() {
    let market = Market::graded("pass").await;
    market.centre("forward").json(forwarding()).send().await.expect(200);
    for who in [&market.seller, &market.buyer] {
        let reply = market.ask(match_id(), "deliver", who).send().await;
        reply.expect_problem(403, "forbidden");
    }
    let admin = market.post(&format!("/v1/trades/{}/deliver", match_id()));
    let admin = admin.bearer(&market.admin().token).key("k").send().await;
    admin.expect_problem(403, "forbidden");
    let reply = market.centre("deliver").send().await.expect(200).json();
    assert_eq!(reply["deadline"], (market.now() + Span::hours(72)).to_string());
}
