use kernel::Span;

use crate::tests::fixture::{Market, PRICE, match_id, person};

#[tokio::test]
async fn a_refusal_gives_the_money_back_and_costs_nobody() {
    let market = Market::graded("pass_at_95").await;
    let reply = market.ask(match_id(), "consent-refusal", &market.buyer).send().await;
    let view = reply.expect(200).json();
    assert_eq!(view["state"], "cancelled");
    assert_eq!(view["cancellation"]["reason"], "consent_refused");
    assert_eq!(view["cancellation"]["fault"], "nobody");
    market.run_until_idle().await;
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    assert_eq!(market.escrow(match_id()).await, 0);
    let consent = market.ask(match_id(), "consent", &market.buyer).send().await;
    consent.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn only_the_buyer_refuses_and_only_when_asked() {
    let market = Market::at_centre().await;
    let early = market.ask(match_id(), "consent-refusal", &market.buyer).send().await;
    early.expect_problem(409, "wrong-trade-state");
    let market = Market::graded("pass_at_95").await;
    let seller = market.ask(match_id(), "consent-refusal", &market.seller).send().await;
    seller.expect_problem(403, "forbidden");
    market.centre("consent-refusal").send().await.expect_problem(403, "forbidden");
    let stranger = market.ask(match_id(), "consent-refusal", &person(&market, 1)).send().await;
    stranger.expect_problem(404, "trade-not-found");
    assert_eq!(market.state(match_id()).await, "awaiting_consent");
}

#[tokio::test]
async fn repeated_it_is_answered_alike_and_refunds_once() {
    let market = Market::graded("pass_at_95").await;
    market.clock.advance(Span::minutes(1));
    let path = format!("/v1/trades/{}/consent-refusal", match_id());
    let token = market.token_of(&market.buyer);
    let send = || market.post(&path).bearer(&token).key("k").send();
    let first = send().await.expect(200);
    let again = send().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.text(), again.text());
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    let keyless = market.post(&path).bearer(&token).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
}
