use events::{Envelope, Event, TradeCompleted};
use gateway::fake::ParcelStep;
use kernel::{Span, Won};
use store::{Table, outbox};

use crate::tests::fixture::{Market, PRICE, trade_id};

/// What was told when the trade was completed, whether it left or not.
async fn completed(market: &Market) -> Envelope {
    let rows = market.rows().await;
    let waiting = rows.table(Table::Outbox).iter().filter_map(|row| outbox::pending(row).unwrap());
    waiting.into_iter().find(|envelope| envelope.kind == TradeCompleted::KIND).unwrap()
}

#[tokio::test]
async fn told_three_times_and_shuffled_it_pays_once() {
    for seed in 0..4 {
        let market = Market::shipped().await;
        market.carried(ParcelStep::PickUp).await;
        market.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        market.cloud.pause("operation-relay-outbox");
        market.confirm().await.expect(200);
        let event = completed(&market).await;
        for _ in 0..3 {
            market.publish(&event).await;
        }
        market.cloud.resume("operation-relay-outbox");
        market.run_until_idle().await;
        market.clock.advance(Span::hours(1));
        market.publish(&event).await;
        market.run_until_idle().await;
        assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
        assert_eq!(market.escrow(trade_id()).await, 0);
        let entry = format!("settlement#{}", trade_id());
        assert!(market.store().journal_entry(&entry).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn an_event_of_an_unfinished_trade_settles_nothing() {
    let market = Market::shipped().await;
    market.carried(ParcelStep::PickUp).await;
    market.expect_failures();
    market.cloud.adjust(|knobs| knobs.retry_visibility = Some(Span::seconds(1)));
    let trade = market.trade(trade_id()).await;
    let facts = events::TradeFacts {
        trade_id: trade.id,
        auction_id: trade.auction(),
        exchange: None,
        round: 0,
        seller_id: trade.agreement.seller,
        buyer_id: trade.agreement.buyer,
        title: trade.agreement.title,
        price: trade.agreement.price,
    };
    let event = TradeCompleted { trade: facts, refunded: Won::ZERO, refunding: false };
    let id = market.app.entropy.uuid(market.now());
    market.publish(&Envelope::new(id, market.now(), &event)).await;
    market.run_until_idle().await;
    assert_eq!(market.escrow(trade_id()).await, PRICE);
    // The trade completes meanwhile: the message finds it so and settles it.
    market.confirm().await.expect(200);
    market.clock.advance(Span::seconds(2));
    market.run_until_idle().await;
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
}
