use domain::{exchange::hold_of, ledger::HoldState};
use events::{Envelope, Event, TradeMatched};
use kernel::Span;
use store::{Table, outbox};

use crate::tests::fixture::{HELD, Market, PRICE, TOTAL, buy_order, card, match_id, wallet};

/// What was told when the orders met, which has not left yet.
async fn told(market: &Market) -> Envelope {
    let rows = market.rows().await;
    let waiting = rows.table(Table::Outbox).iter().filter_map(|row| outbox::pending(row).unwrap());
    waiting.into_iter().find(|envelope| envelope.kind == TradeMatched::KIND).unwrap()
}

/// Available, held, escrow.
async fn money(market: &Market) -> (i64, i64, i64) {
    let balance = market.balance(market.buyer.id).await;
    (balance.available().get(), balance.held.get(), market.escrow(match_id()).await)
}

#[tokio::test]
async fn what_the_order_holds_goes_into_escrow_and_the_rest_back() {
    let market = Market::matched().await;
    assert_eq!(money(&market).await, (2 * PRICE - HELD, HELD, 0));
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    market.run_until_idle().await;
    assert_eq!(money(&market).await, (2 * PRICE - TOTAL, 0, TOTAL));
    let trade = market.trade(match_id()).await;
    assert_eq!(trade.state.as_str(), "awaiting_shipment");
    assert_eq!(trade.deadline, Some(market.now() + Span::hours(48)));
    let hold = market.store().hold(&hold_of(buy_order())).await.unwrap().unwrap();
    assert_eq!(hold.state, HoldState::Captured);
}

#[tokio::test]
async fn told_three_times_shuffled_and_late_it_takes_once() {
    for seed in 0..4 {
        let market = Market::matched().await;
        market.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        let event = told(&market).await;
        for _ in 0..3 {
            market.publish(&event).await;
        }
        market.run_until_idle().await;
        market.clock.advance(Span::hours(1));
        market.publish(&event).await;
        market.run_until_idle().await;
        assert_eq!(money(&market).await, (2 * PRICE - TOTAL, 0, TOTAL));
        assert_eq!(market.trade(match_id()).await.version, 2);
    }
}

#[tokio::test]
async fn what_is_left_undone_the_sweep_does_and_the_message_finds_it_done() {
    let market = Market::matched().await;
    market.cloud.pause("trade-capture-match");
    market.clock.advance(Span::millis(119_999));
    market.sweep().await;
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    market.wait(Span::millis(1)).await;
    assert_eq!(market.state(match_id()).await, "awaiting_shipment");
    assert_eq!(money(&market).await, (2 * PRICE - TOTAL, 0, TOTAL));
    market.cloud.resume("trade-capture-match");
    market.run_until_idle().await;
    assert_eq!(money(&market).await, (2 * PRICE - TOTAL, 0, TOTAL));
    assert_eq!(market.trade(match_id()).await.version, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn message_and_sweep_at_once_take_once() {
    for _ in 0..4 {
        let market = Market::matched().await;
        market.cloud.adjust(|knobs| knobs.message_copies = 3);
        market.clock.advance(Span::minutes(2));
        let sweep = market.invoke("trade-sweep-due-trades", serde_json::json!({}));
        let (_, swept) = futures::join!(market.run_until_idle(), sweep);
        swept.unwrap();
        market.run_until_idle().await;
        assert_eq!(money(&market).await, (2 * PRICE - TOTAL, 0, TOTAL));
        assert_eq!(market.trade(match_id()).await.version, 2);
    }
}

#[tokio::test]
async fn a_cards_match_is_none_of_its_business() {
    let market = Market::start().await;
    market.fund(market.buyer.id, 2 * PRICE).await;
    market.open_match(card()).await;
    market.run_until_idle().await;
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    assert_eq!(money(&market).await, (2 * PRICE, 0, 0));
    market.wait(Span::millis(30 * 60_000 - 1)).await;
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    // Nobody charged the card in time: nobody's fault, and nobody's loss.
    market.wait(Span::millis(1)).await;
    assert_eq!(market.reason(match_id()).await, "payment_unknown");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    assert!(market.rows().await.table(Table::Auction).is_empty(), "no strike");
}

#[tokio::test]
async fn money_that_is_not_held_is_not_taken() {
    let market = Market::start().await;
    market.fund(market.buyer.id, 2 * PRICE).await;
    market.expect_failures();
    market.expect_dead(&super::FUNCTION.id());
    market.cloud.adjust(|knobs| knobs.retry_visibility = Some(Span::millis(0)));
    market.open_match(wallet()).await;
    market.run_until_idle().await;
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    assert_eq!(money(&market).await, (2 * PRICE, 0, 0));
}
