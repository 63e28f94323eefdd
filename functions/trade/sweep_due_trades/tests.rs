use std::sync::Arc;

use events::{Envelope, Event, TradeMoved, TradeStep};
use gateway::fake::{CarrierFault, ParcelStep};
use kernel::Span;
use serde_json::json;
use store::Table;

use crate::tests::fixture::{
    CARD_DEPOSIT, Market, PRICE, PROCEEDS, at_once, count, forwarding, match_id, sent, shared,
    trade_id,
};

/// The steps that were told, in order of time.
async fn steps(market: &Market) -> Vec<TradeStep> {
    let rows = market.rows().await;
    let texts = rows.table(Table::Outbox).iter().map(|row| row["envelope"].as_s().unwrap());
    let mut told: Vec<Envelope> = texts.map(|text| serde_json::from_str(text).unwrap()).collect();
    told.retain(|envelope| envelope.kind == TradeMoved::KIND);
    told.sort_by_key(|envelope| envelope.occurred_at);
    told.iter().map(|envelope| envelope.open::<TradeMoved>().unwrap().step).collect()
}

#[tokio::test]
async fn reminders_of_the_payment_come_once_each() {
    let market = Market::won().await;
    market.ledger(&[(market.buyer.id, PRICE)], None).await;
    for hours in [23, 1, 0, 1, 15, 1, 6] {
        market.wait(Span::hours(hours)).await;
    }
    use TradeStep::{Opened, PaymentReminded};
    assert_eq!(steps(&market).await, [Opened, PaymentReminded, PaymentReminded]);
    assert_eq!(market.state(trade_id()).await, "awaiting_payment");
    market.wait(Span::hours(1)).await;
    assert_eq!(market.state(trade_id()).await, "cancelled");
}

#[tokio::test]
async fn a_missed_shipment_is_refunded_and_owed_for() {
    let market = Market::paid().await;
    market.wait(Span::hours(36)).await;
    market.wait(Span::hours(11)).await;
    assert_eq!(market.state(trade_id()).await, "awaiting_shipment");
    market.wait(Span::hours(1)).await;
    assert_eq!(market.reason(trade_id()).await, "not_shipped");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, -PRICE / 10));
    assert_eq!(market.escrow(trade_id()).await, 0);
    use TradeStep::{Opened, Paid, ShipmentReminded};
    assert_eq!(steps(&market).await, [Opened, Paid, ShipmentReminded]);
    for _ in 0..3 {
        market.wait(Span::minutes(1)).await;
    }
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
}

#[tokio::test]
async fn a_silent_buyer_has_confirmed() {
    let market = Market::shipped().await;
    market.arrive().await;
    market.wait(Span::hours(48)).await;
    market.wait(Span::hours(23)).await;
    assert_eq!(market.state(trade_id()).await, "delivered");
    market.wait(Span::hours(1)).await;
    assert_eq!(market.state(trade_id()).await, "completed");
    assert_eq!(market.purse(market.seller.id).await, (PRICE - PRICE / 20, 0));
    let steps = steps(&market).await;
    let reminded = steps.iter().filter(|step| **step == TradeStep::ConfirmationReminded);
    assert_eq!(reminded.count(), 1);
    assert_eq!(steps.last(), Some(&TradeStep::Settled));
}

#[tokio::test]
async fn goods_that_the_carrier_has_keep_no_seller_waiting() {
    let market = Market::shipped().await;
    market.carried(ParcelStep::PickUp).await;
    market.wait(Span::days(30)).await;
    assert_eq!(market.state(trade_id()).await, "in_transit");
}

#[tokio::test]
async fn a_parcel_that_was_never_handed_in_is_refunded_and_owed_for() {
    let market = Market::paid().await;
    market.clock.advance(Span::seconds(1));
    market.ship().await.expect(200);
    market.run_until_idle().await;
    market.wait(Span::hours(48)).await;
    market.wait(Span::millis(24 * 3_600_000 - 1)).await;
    assert_eq!(market.state(trade_id()).await, "in_transit");
    market.wait(Span::millis(1)).await;
    assert_eq!(market.reason(trade_id()).await, "not_handed_in");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, -PRICE / 10));
    assert_eq!(market.store().trade_of_parcel(&sent()).await.unwrap(), None, "free again");
    use TradeStep::{HandInReminded, Opened, Paid, Shipped};
    assert_eq!(steps(&market).await, [Opened, Paid, Shipped, HandInReminded]);
}

/// The notice of the first scan was lost, and a seller who had sent the goods paid for it.
#[tokio::test]
async fn nobody_is_blamed_before_the_carrier_was_asked() {
    let market = Market::shipped().await;
    market.parcels().silence("kr.cjlogistics", "688712345678", true);
    market.parcels().step("kr.cjlogistics", "688712345678", ParcelStep::PickUp);
    market.wait(Span::hours(72)).await;
    assert_eq!(market.state(trade_id()).await, "in_transit");
    let trade = market.trade(trade_id()).await;
    let scanned = trade.shipment.as_ref().unwrap().scanned_at.unwrap();
    assert_eq!(trade.deadline, Some(scanned + Span::days(7)));
    // Delivered meanwhile, with no more of a notice.
    let market = Market::shipped().await;
    market.parcels().silence("kr.cjlogistics", "688712345678", true);
    for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
        market.parcels().step("kr.cjlogistics", "688712345678", step);
    }
    market.wait(Span::hours(72)).await;
    assert_eq!(market.state(trade_id()).await, "delivered");
}

/// While the provider is down nobody is blamed; the others of the run are not kept waiting.
#[tokio::test]
async fn a_carrier_that_does_not_answer_is_waited_for() {
    let market = Market::shipped().await;
    market.expect_failures();
    market.clock.advance(Span::hours(72));
    for _ in 0..3 {
        market.parcels().fail("look-up", 1, CarrierFault::Status500);
        let run = market.invoke("trade-sweep-due-trades", json!({})).await;
        assert!(run.is_err(), "somebody looks");
        assert_eq!(market.state(trade_id()).await, "in_transit");
    }
    market.sweep().await;
    assert_eq!(market.reason(trade_id()).await, "not_handed_in");
}

#[tokio::test]
async fn the_schedule_answers_within_a_minute() {
    let market = Market::shipped().await;
    market.arrive().await;
    market.clock.advance(Span::millis(72 * 3_600_000 - 30_000));
    market.sweep().await;
    market.advance(Span::seconds(91)).await;
    assert_eq!(market.state(trade_id()).await, "completed");
}

#[tokio::test]
async fn an_outage_of_days_is_caught_up_with() {
    let market = Market::paid().await;
    market.wait(Span::days(6)).await;
    assert_eq!(market.reason(trade_id()).await, "not_shipped");
}

/// F24: a shipment after its deadline counted while the sweep had not come yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f24_a_shipment_in_time_counts_and_one_too_late_does_not() {
    for (late, state) in [(-1, "in_transit"), (0, "cancelled")] {
        let market = shared(Market::paid().await);
        market.clock.advance(Span::millis(48 * 3_600_000 + late));
        let replies = at_once(4, |number| {
            let market = Arc::clone(&market);
            async move {
                if number == 0 {
                    market.invoke("trade-sweep-due-trades", json!({})).await.unwrap();
                }
                market.ship().await
            }
        });
        let replies = replies.await;
        let shipped = count(&replies, 200);
        let refused = |reply: &testkit::Reply| {
            ["shipment-overdue", "wrong-trade-state"].contains(&&*reply.code())
        };
        assert_eq!(shipped, usize::from(late < 0));
        assert_eq!(replies.iter().filter(|reply| refused(reply)).count(), 4 - shipped);
        market.sweep().await;
        assert_eq!(market.state(trade_id()).await, state);
        let escrow = if late < 0 { PRICE } else { 0 };
        assert_eq!(market.escrow(trade_id()).await, escrow);
    }
}

#[tokio::test]
async fn a_matched_seller_who_does_not_ship_pays_the_buyer() {
    let market = Market::matched().await;
    market.run_until_idle().await;
    market.wait(Span::hours(36)).await;
    market.wait(Span::millis(12 * 3_600_000 - 1)).await;
    assert_eq!(market.state(match_id()).await, "awaiting_shipment");
    market.wait(Span::millis(1)).await;
    assert_eq!(market.reason(match_id()).await, "not_shipped");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, -PRICE / 10));
    assert_eq!(market.escrow(match_id()).await, 0);
}

#[tokio::test]
async fn a_silent_matched_buyer_has_confirmed() {
    let market = Market::graded("pass").await;
    market.centre("forward").json(forwarding()).send().await.expect(200);
    market.arrive_from_centre().await;
    market.wait(Span::hours(48)).await;
    market.wait(Span::hours(24)).await;
    assert_eq!(market.state(match_id()).await, "completed");
    assert_eq!(market.purse(market.seller.id).await, (PROCEEDS, 0));
}

/// F4: a card that always declines kept an ask off the market for minutes, for nothing. What its
/// worker left is ended here: five minutes after the match, with the deposit to the seller.
#[tokio::test]
async fn a_refused_card_frees_the_other_side_in_five_minutes() {
    let market = Market::matched_by_card().await;
    market.charge(true).await;
    market.wait(Span::millis(5 * 60_000 - 1)).await;
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    market.wait(Span::millis(1)).await;
    assert_eq!(market.reason(match_id()).await, "payment_declined");
    assert_eq!(market.purse(market.buyer.id).await, (0, 0));
    assert_eq!(market.purse(market.seller.id).await, (CARD_DEPOSIT, 0));
    for _ in 0..3 {
        market.wait(Span::minutes(1)).await;
    }
    assert_eq!(market.purse(market.seller.id).await, (CARD_DEPOSIT, 0), "once");
    let standing = market.store().standing(market.buyer.id).await.unwrap();
    assert_eq!(standing.card_strikes(market.now()), 1);
    assert_eq!(standing.card_strikes(market.now() + Span::days(31)), 0);
}

/// A provider that does not say what became of a charge keeps the trade half an hour, not for ever.
#[tokio::test]
async fn an_unknown_charge_keeps_the_trade_for_half_an_hour() {
    let market = Market::matched_by_card().await;
    market.charge(false).await;
    market.wait(Span::millis(30 * 60_000 - 1)).await;
    assert_eq!(market.state(match_id()).await, "awaiting_payment");
    market.wait(Span::millis(1)).await;
    assert_eq!(market.reason(match_id()).await, "payment_unknown");
    assert_eq!(market.purse(market.buyer.id).await, (CARD_DEPOSIT, 0));
    assert_eq!(market.purse(market.seller.id).await, (0, 0));
    let standing = market.store().standing(market.buyer.id).await.unwrap();
    assert_eq!(standing.card_strikes(market.now()), 0);
}
