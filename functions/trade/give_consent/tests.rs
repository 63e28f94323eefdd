use domain::{
    identity::Role,
    ledger::{Account, JournalEntry},
};
use kernel::Span;
use store::{Table, ledger::read_entry};

use crate::tests::fixture::{
    HELD, Market, PRICE, PROCEEDS, TOTAL, forwarding, inspector, match_id, person,
};

async fn consent(market: &Market) -> testkit::Reply {
    market.ask(match_id(), "consent", &market.buyer).send().await
}

/// What the journal gives the platform.
async fn revenue(market: &Market) -> i64 {
    let rows = market.rows().await.under(Table::Wallet, store::keys::JOURNAL_PREFIX);
    let entries: Vec<JournalEntry> = rows.iter().map(|row| read_entry(row).unwrap()).collect();
    entries.iter().map(|entry| entry.change_of(Account::Revenue)).sum()
}

/// The whole way of goods of 95 points, with the money at every stop.
#[tokio::test]
async fn from_the_match_to_the_settlement() {
    let market = Market::graded("pass_at_95").await;
    let (buyer, seller) = (market.buyer.id, market.seller.id);
    const { assert!(HELD > TOTAL) };
    assert_eq!(market.purse(buyer).await, (2 * PRICE - TOTAL, 0));
    let view = consent(&market).await.expect(200).json();
    assert_eq!(
        (view["state"].as_str(), view["role"].as_str()),
        (Some("forwarding"), Some("buyer"))
    );
    market.centre("forward").json(forwarding()).send().await.expect(200);
    assert_eq!(market.escrow(match_id()).await, TOTAL);
    market.arrive_from_centre().await;
    assert_eq!(market.state(match_id()).await, "delivered");
    assert_eq!(market.purse(seller).await, (0, 0));
    market.ask(match_id(), "confirm", &market.buyer).send().await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.escrow(match_id()).await, 0);
    assert_eq!(market.purse(buyer).await, (2 * PRICE - TOTAL, 0));
    assert_eq!(market.purse(seller).await, (PROCEEDS, 0));
    // 3 % of each side.
    assert_eq!(revenue(&market).await, 6_000);
    assert_eq!(market.balance(buyer).await.held.get(), 0);
}

#[tokio::test]
async fn in_time_means_before_the_deadline() {
    let market = Market::graded("pass_at_95").await;
    market.clock.advance(Span::millis(24 * 3_600_000 - 1));
    consent(&market).await.expect(200);
    let market = Market::graded("pass_at_95").await;
    let deadline = market.trade(match_id()).await.deadline.unwrap();
    market.clock.advance(Span::hours(24));
    // The sweep has not come yet, and changes nothing about it.
    let late = consent(&market).await.expect_problem(409, "consent-overdue").json();
    assert_eq!(late["deadline"], deadline.to_string());
    market.sweep().await;
    consent(&market).await.expect_problem(409, "wrong-trade-state");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
}

#[tokio::test]
async fn silence_is_a_refusal_that_costs_nobody() {
    let market = Market::graded("pass_at_95").await;
    market.wait(Span::hours(18)).await;
    market.wait(Span::millis(6 * 3_600_000 - 1)).await;
    assert_eq!(market.state(match_id()).await, "awaiting_consent");
    market.wait(Span::millis(1)).await;
    assert_eq!(market.reason(match_id()).await, "consent_refused");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    assert_eq!(market.escrow(match_id()).await, 0);
}

#[tokio::test]
async fn only_the_buyer_consents_and_only_when_asked() {
    let market = Market::graded("pass").await;
    consent(&market).await.expect_problem(409, "wrong-trade-state");
    let market = Market::graded("pass_at_95").await;
    let seller = market.ask(match_id(), "consent", &market.seller).send().await;
    seller.expect_problem(403, "forbidden");
    market.centre("consent").send().await.expect_problem(403, "forbidden");
    let path = format!("/v1/trades/{}/consent", match_id());
    let both = market.token(inspector(), &[Role::User, Role::Admin, Role::Inspector]);
    for token in [market.admin().token, both] {
        let reply = market.post(&path).bearer(&token).key("k").send().await;
        reply.expect_problem(403, "forbidden");
    }
    let stranger = market.ask(match_id(), "consent", &person(&market, 1)).send().await;
    stranger.expect_problem(404, "trade-not-found");
    let keyless = market.post(&path).bearer(&market.token_of(&market.buyer)).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    let send = || market.post(&path).bearer(&market.buyer.token).key("same").send();
    let first = send().await.expect(200);
    let again = send().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.text(), again.text());
    consent(&market).await.expect_problem(409, "wrong-trade-state");
}
