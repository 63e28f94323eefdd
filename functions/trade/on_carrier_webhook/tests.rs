use std::sync::Arc;

use domain::carrier::ParcelState;
use gateway::fake::{CarrierFault, ParcelStep};
use kernel::Span;
use serde_json::json;
use store::parcel::ParcelRow;

use crate::tests::fixture::{
    Market, PRICE, at_once, count, forwarding, inspection, match_id, sent, shared, trade_id,
};

#[tokio::test]
async fn what_the_carrier_says_is_written_down() {
    let market = Market::shipped().await;
    let mut scanned = None;
    for (step, state) in [
        (ParcelStep::Announce, ParcelState::Announced),
        (ParcelStep::PickUp, ParcelState::PickedUp),
        (ParcelStep::Move, ParcelState::InTransit),
        (ParcelStep::SendOut, ParcelState::OutForDelivery),
        (ParcelStep::Miss, ParcelState::AttemptFailed),
        (ParcelStep::Deliver, ParcelState::Delivered),
    ] {
        market.clock.advance(Span::hours(1));
        let now = market.now();
        market.carried(step).await;
        if step == ParcelStep::PickUp {
            scanned = Some(now);
        }
        let parcel = market.parcel().await;
        assert_eq!(parcel.tracking.state(), Some(state));
        assert_eq!((parcel.tracking.first_scan(), parcel.asked_at), (scanned, Some(now)));
        assert!(parcel.watched_until.is_some(), "what the other worker wrote stays");
    }
    assert_eq!(market.state(trade_id()).await, "delivered");
    assert_eq!(market.trade(trade_id()).await.shipment.unwrap().scanned_at, scanned);
}

#[tokio::test]
async fn a_notice_is_not_believed() {
    let market = Market::shipped().await;
    let path = market.notice_path(&sent());
    let said = json!({
        "carrierId": "kr.cjlogistics", "trackingNumber": "688712345678", "state": "DELIVERED",
    });
    assert!(market.notice(&path, said).await);
    market.run_until_idle().await;
    let parcel = market.parcel().await;
    assert_eq!((parcel.tracking.state(), parcel.asked_at), (None, Some(market.now())));
}

/// A number of last year's parcel was shipped by, and counted as delivered at once.
#[tokio::test]
async fn what_was_told_before_the_payment_does_not_count() {
    let market = Market::won().await;
    for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
        market.parcels().step("kr.cjlogistics", "688712345678", step);
    }
    market.clock.advance(Span::hours(1));
    market.pay().await.expect(200);
    market.ship().await.expect(200);
    market.run_until_idle().await;
    let path = market.notice_path(&sent());
    let notice = json!({ "carrierId": "kr.cjlogistics", "trackingNumber": "688712345678" });
    assert!(market.notice(&path, notice).await);
    market.run_until_idle().await;
    let parcel = market.parcel().await;
    assert_eq!((parcel.tracking.state(), parcel.tracking.first_scan()), (None, None));
    assert!(parcel.asked_at.is_some());
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_asked_for_again() {
    for fault in [
        CarrierFault::LostBefore,
        CarrierFault::LostAfter,
        CarrierFault::Status500,
        CarrierFault::Status429,
        CarrierFault::RateLimit,
        CarrierFault::Internal,
        CarrierFault::Garbage,
        CarrierFault::Half,
        CarrierFault::WrongShape,
    ] {
        let market = Market::shipped().await;
        market.expect_failures();
        market.parcels().fail("look-up", 1, fault);
        market.carried(ParcelStep::PickUp).await;
        for _ in 0..3 {
            market.clock.advance(Span::minutes(6));
            market.run_until_idle().await;
        }
        let parcel = market.parcel().await;
        assert_eq!(parcel.tracking.state(), Some(ParcelState::PickedUp), "{fault:?}");
    }
}

/// Another parcel's delivery was taken for this one's.
#[tokio::test]
async fn the_answer_of_another_number_is_not_taken() {
    let market = Market::shipped().await;
    market.expect_failures();
    market.parcels().mix_up("kr.cjlogistics", "688712345678", true);
    market.carried(ParcelStep::Deliver).await;
    assert_eq!(market.parcel().await.tracking.state(), None);
    market.parcels().mix_up("kr.cjlogistics", "688712345678", false);
    for _ in 0..3 {
        market.clock.advance(Span::minutes(6));
        market.run_until_idle().await;
    }
    assert_eq!(market.parcel().await.tracking.state(), Some(ParcelState::Delivered));
}

/// Who asked earlier and writes later would have put back what is older.
#[tokio::test]
async fn an_older_answer_does_not_replace_a_newer_one() {
    let market = Market::shipped().await;
    let read = market.parcel().await;
    market.carried(ParcelStep::PickUp).await;
    let late = ParcelRow { asked_at: Some(market.now()), ..read };
    assert!(!market.store().parcel_replace(&late).await.unwrap());
    let fresh = ParcelRow { version: 0, ..late };
    assert!(!market.store().parcel_replace(&fresh).await.unwrap());
    assert_eq!(market.parcel().await.tracking.state(), Some(ParcelState::PickedUp));
}

/// F2: money follows the goods, and where these are their carrier says.
#[tokio::test]
async fn f2_the_carriers_word_moves_the_trade() {
    for (steps, state, buyer_has) in [
        (&[ParcelStep::Announce][..], "in_transit", PRICE),
        (&[ParcelStep::PickUp, ParcelStep::Miss], "in_transit", PRICE),
        (&[ParcelStep::PickUp, ParcelStep::Deliver], "delivered", PRICE),
        (&[ParcelStep::PickUp, ParcelStep::Lose], "cancelled", 2 * PRICE),
        (&[ParcelStep::PickUp, ParcelStep::Return], "cancelled", 2 * PRICE),
        // To its sender.
        (&[ParcelStep::PickUp, ParcelStep::Return, ParcelStep::Deliver], "cancelled", 2 * PRICE),
    ] {
        let market = Market::shipped().await;
        for step in steps {
            market.clock.advance(Span::hours(1));
            market.carried(*step).await;
        }
        assert_eq!(market.state(trade_id()).await, state, "{steps:?}");
        assert_eq!(market.purse(market.buyer.id).await, (buyer_has, 0), "{steps:?}");
        assert_eq!(market.purse(market.seller.id).await, (0, 0), "nobody's fault: {steps:?}");
    }
}

#[tokio::test]
async fn of_an_inspected_trade_only_the_centres_parcel_is_delivered() {
    let market = Market::to_centre().await;
    market.arrive().await;
    assert_eq!(market.state(match_id()).await, "in_transit");
    market.centre("receive").send().await.expect(200);
    market.centre("inspection").json(inspection("pass")).send().await.expect(200);
    market.centre("forward").json(forwarding()).send().await.expect(200);
    market.carried(ParcelStep::Deliver).await;
    assert_eq!(market.state(match_id()).await, "forwarding", "the seller's parcel again");
    market.arrive_from_centre().await;
    assert_eq!(market.state(match_id()).await, "delivered");
}

/// What both told of at once happened once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_word_races_the_buyer_and_the_admin() {
    for _ in 0..4 {
        let market = shared(Market::shipped().await);
        market.carried(ParcelStep::PickUp).await;
        market.parcels().step("kr.cjlogistics", "688712345678", ParcelStep::Lose);
        let replies = at_once(3, |number| {
            let market = Arc::clone(&market);
            async move {
                if number == 0 {
                    let mut taken = market.notices().await;
                    market.run_until_idle().await;
                    return taken.remove(0);
                }
                market.confirm().await
            }
        });
        let confirmed = count(&replies.await, 200);
        market.run_until_idle().await;
        let paid = PRICE - PRICE / 20;
        let due = match (market.state(trade_id()).await, confirmed) {
            ("completed", 1) => [PRICE, paid],
            ("cancelled", 0) => [2 * PRICE, 0],
            other => panic!("{other:?}"),
        };
        let has = [market.buyer.id, market.seller.id].map(|who| market.purse(who));
        let [buyer, seller] = has;
        assert_eq!([buyer.await.0, seller.await.0], due);
        assert_eq!(market.escrow(trade_id()).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_notices_at_once_leave_the_last_word() {
    let market = Market::shipped().await;
    let path = market.notice_path(&sent());
    for step in [ParcelStep::PickUp, ParcelStep::Move, ParcelStep::Deliver] {
        market.parcels().step("kr.cjlogistics", "688712345678", step);
    }
    let _unsent = market.parcels().take_notices();
    let market = shared(market);
    let replies = at_once(12, |_| {
        let (market, path) = (Arc::clone(&market), path.clone());
        let body = json!({ "carrierId": "kr.cjlogistics", "trackingNumber": "688712345678" });
        async move { market.post(&path).json(body).send().await }
    });
    assert_eq!(count(&replies.await, 202), 12);
    market.expect_failures(); // whoever was too often too late comes again
    for _ in 0..3 {
        market.run_until_idle().await;
        market.clock.advance(Span::minutes(6));
    }
    let parcel = market.parcel().await;
    assert_eq!(parcel.tracking.state(), Some(ParcelState::Delivered));
    assert_eq!(parcel.tracking.events().len(), 3);
}
