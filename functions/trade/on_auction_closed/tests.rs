use events::{AuctionClosed, AuctionOutcome, Envelope};
use kernel::Span;
use store::Table;
use uuid::Uuid;

use crate::tests::fixture::{Market, PRICE, auction_id, trade_id};

#[tokio::test]
async fn the_winner_has_48_hours_to_pay() {
    let market = Market::start().await;
    market.close(PRICE).await;
    let trade = market.trade(trade_id()).await;
    assert_eq!(trade.agreement.buyer, market.buyer.id);
    assert_eq!(trade.agreement.price.get(), PRICE);
    assert_eq!(trade.seller_fee.get(), PRICE / 20);
    assert_eq!(trade.deadline, Some(market.now() + Span::hours(48)));
}

#[tokio::test]
async fn told_often_it_opens_one_trade() {
    let market = Market::start().await;
    market.cloud.adjust(|knobs| {
        knobs.message_copies = 3;
        knobs.shuffle = Some(7);
    });
    for _ in 0..3 {
        market.close(PRICE).await;
        market.clock.advance(Span::hours(1));
    }
    assert_eq!(market.rows().await.table(Table::Trade).len(), 1);
    assert_eq!(market.trade(trade_id()).await.version, 1);
}

#[tokio::test]
async fn an_auction_without_a_winner_opens_none() {
    let market = Market::start().await;
    for outcome in [AuctionOutcome::Unsold, AuctionOutcome::Cancelled] {
        let closed = AuctionClosed {
            auction_id: auction_id(),
            seller_id: market.seller.id,
            title: "카메라".to_owned(),
            outcome,
            winner: None,
            closed_at: market.now(),
        };
        market.publish(&Envelope::new(Uuid::from_u128(1), market.now(), &closed)).await;
        market.run_until_idle().await;
    }
    assert!(market.rows().await.table(Table::Trade).is_empty());
}
