use kernel::Span;

use crate::tests::fixture::{Market, PRICE, person, ruling, says, trade_id};

/// A buyer who sends a brick back.
#[tokio::test]
async fn a_seller_who_objects_is_heard_and_paid_when_an_admin_says_so() {
    let market = Market::came_back().await;
    market.object().await.expect(200);
    market.wait(Span::hours(49)).await;
    assert_eq!(market.state(trade_id()).await, "returning", "nobody is refunded meanwhile");
    let view = market.shown_dispute(&market.buyer).await.expect(200).json();
    assert_eq!(view["statements"][1]["text"], "벽돌입니다");
    market.rule(ruling("complete")).await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    assert_eq!(market.purse(market.buyer.id).await, (PRICE, 0));
    assert_eq!(market.escrow(trade_id()).await, 0);
}

#[tokio::test]
async fn nobody_decides_for_a_fortnight() {
    let market = Market::came_back().await;
    market.object().await.expect(200);
    for day in 5..14 {
        market.wait(if day == 5 { Span::days(5) } else { Span::days(1) }).await;
        assert_eq!(market.trade(trade_id()).await.reminded, day - 4, "day {day}");
    }
    market.wait(Span::days(1)).await;
    assert_eq!(market.reason(trade_id()).await, "not_decided");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
}

#[tokio::test]
async fn by_the_seller_within_two_days_after_the_arrival() {
    let market = Market::going_back().await;
    market.object().await.expect_problem(409, "wrong-trade-state");
    let market = Market::came_back().await;
    let by = |who| market.ask(trade_id(), "objection", who);
    let buyer = by(&market.buyer).json(says("제가 보냈습니다")).send().await;
    buyer.expect_problem(403, "forbidden");
    let nobody = person(&market, 1);
    let stranger = by(&nobody).json(says("저는요")).send().await;
    stranger.expect_problem(404, "trade-not-found");
    by(&market.seller).json(says("")).send().await.expect_problem(400, "invalid-request");
    market.clock.advance(Span::hours(48));
    market.object().await.expect_problem(409, "objection-overdue");
    market.sweep().await;
    assert_eq!(market.reason(trade_id()).await, "returned");
}
