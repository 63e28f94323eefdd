use events::{Envelope, PenaltyCollected};
use futures::future::join_all;
use kernel::{Span, UserId};
use serde_json::json;
use store::Table;

use crate::tests::fixture::{Market, PRICE, trade_id, user};

impl Market {
    async fn collect(&self) {
        self.invoke("trade-collect-penalties", json!({})).await.unwrap();
    }

    /// Won, paid, and refused by a seller who has nothing: the first hour costs five percent.
    async fn owed() -> Self {
        let market = Self::paid().await;
        market.cancel(&market.seller).await.expect(200);
        market.run_until_idle().await;
        market
    }
}

const PENALTY: i64 = PRICE / 20;

/// What was told of collections, by amount and rest.
async fn told(market: &Market) -> Vec<(i64, i64)> {
    let rows = market.rows().await;
    let texts = rows.table(Table::Outbox).iter().map(|row| row["envelope"].as_s().unwrap());
    let envelopes = texts.map(|text| serde_json::from_str::<Envelope>(text).unwrap());
    let told = envelopes.filter_map(|envelope| envelope.open::<PenaltyCollected>().ok());
    let mut told: Vec<_> = told.map(|it| (it.amount.get(), it.left.get())).collect();
    told.sort_unstable();
    told
}

#[tokio::test]
async fn what_comes_in_later_pays_what_is_owed() {
    let market = Market::owed().await;
    let seller = market.seller.id;
    let buyer = market.buyer.id;
    assert_eq!(market.purse(seller).await, (0, -PENALTY));
    assert_eq!(market.purse(buyer).await, (2 * PRICE, 0), "nobody advances it");
    market.collect().await;
    assert_eq!(told(&market).await, []);
    market.fund(seller, 2_000).await;
    market.collect().await;
    assert_eq!(market.purse(seller).await, (0, 2_000 - PENALTY));
    assert_eq!(market.purse(buyer).await, (2 * PRICE + 2_000, 0));
    market.clock.advance(Span::minutes(1));
    market.fund(seller, 10_000).await;
    market.collect().await;
    assert_eq!(market.purse(seller).await, (12_000 - PENALTY, 0));
    assert_eq!(market.purse(buyer).await, (2 * PRICE + PENALTY, 0));
    market.clock.advance(Span::minutes(1));
    market.collect().await;
    assert_eq!(market.purse(buyer).await, (2 * PRICE + PENALTY, 0), "once");
    assert_eq!(told(&market).await, [(2_000, PENALTY - 2_000), (PENALTY - 2_000, 0)]);
}

/// F1: four rounds of a pair without capital drew 20,000,000 won in 1.4 seconds.
#[tokio::test]
async fn f1_a_pair_draws_nothing() {
    let market = Market::owed().await;
    let all = async |who: UserId| {
        let balance = market.balance(who).await;
        balance.available().get() + balance.held.get()
    };
    assert_eq!(all(market.seller.id).await + all(market.buyer.id).await, 2 * PRICE);
    // The other way round: the seller's next purchase is not to be.
    market.fund(market.seller.id, PENALTY).await;
    for _ in 0..3 {
        market.collect().await;
        market.clock.advance(Span::minutes(1));
    }
    assert_eq!(all(market.seller.id).await + all(market.buyer.id).await, 2 * PRICE + PENALTY);
}

#[tokio::test]
async fn the_oldest_debt_is_collected_first() {
    let market = Market::start().await;
    let debtor = market.seller.id;
    for creditor in [3, 4, 5] {
        market.owe(debtor, user(creditor), 1_000).await;
        market.clock.advance(Span::millis(1));
    }
    market.fund(debtor, 1_500).await;
    market.collect().await;
    let mut has = Vec::new();
    for creditor in [3, 4, 5] {
        has.push(market.purse(user(creditor)).await.0);
    }
    assert_eq!(has, [1_000, 500, 0]);
    assert_eq!(market.purse(debtor).await, (0, -1_500));
}

/// Whoever comes at the same time, every won is taken once.
#[tokio::test]
async fn many_runs_at_once_collect_once() {
    for _ in 0..4 {
        let market = Market::owed().await;
        market.fund(market.seller.id, 3 * PENALTY).await;
        let runs = (0..8).map(|_| market.invoke("trade-collect-penalties", json!({})));
        join_all(runs).await;
        assert_eq!(market.purse(market.seller.id).await, (2 * PENALTY, 0));
        assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE + PENALTY, 0));
        assert_eq!(told(&market).await.len(), 1);
    }
}

/// A debt in the way of a payment out of the wallet: refused, and paid once nothing is owed.
#[tokio::test]
async fn who_owes_pays_for_nothing_else_first() {
    let market = Market::won().await;
    market.owe(market.buyer.id, user(3), 1_000).await;
    market.pay().await.expect_problem(409, "penalty-due");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, -1_000));
    market.collect().await;
    market.pay().await.expect(200);
    assert_eq!(market.purse(market.buyer.id).await, (PRICE - 1_000, 0));
    assert_eq!(market.escrow(trade_id()).await, PRICE);
}

#[tokio::test]
async fn a_debt_that_cannot_be_read_keeps_no_other_waiting() {
    let market = Market::start().await;
    market.leave_unchecked(); // a row is spoilt
    let bad = market.owe(market.seller.id, user(3), 1_000).await;
    let row = store::Write::update(Table::Wallet, store::keys::debt(bad)).remove("debtor");
    market.store().write(row.if_present("pk")).await.unwrap();
    market.owe(market.buyer.id, user(4), 1_000).await;
    market.fund(market.buyer.id, 1_000).await;
    assert!(market.invoke("trade-collect-penalties", json!({})).await.is_err(), "somebody looks");
    assert_eq!(market.purse(user(4)).await, (1_000, 0));
}
