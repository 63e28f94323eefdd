use domain::trade::{Agreement, Shipment, Source, Trade, Variant};
use events::{Envelope, TradeFacts, TradeMoved, TradeStep};
use gateway::fake::CarrierFault;
use kernel::{Id, Span, Won};
use uuid::Uuid;

use crate::tests::fixture::{Market, cj, forwarding, match_id, sent};

#[tokio::test]
async fn a_parcel_that_was_sent_off_is_watched() {
    let market = Market::paid().await;
    assert_eq!(market.parcels().calls("watch"), 0, "nothing is on its way");
    market.ship().await.expect(200);
    market.run_until_idle().await;
    let until = market.now() + Span::hours(48);
    let watches = market.parcels().watched_until("kr.cjlogistics", "688712345678");
    let [(url, ends)] = &*watches else { panic!("{watches:?}") };
    let begin = "http://127.0.0.1:3000/v1/webhooks/carrier/";
    let token = url.strip_prefix(begin).unwrap();
    assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{url}");
    assert_eq!(*ends, until);
    let parcel = market.parcel().await;
    assert_eq!((parcel.watched_until, parcel.asked_at), (Some(until), None));
}

#[tokio::test]
async fn the_centres_parcel_has_an_address_of_its_own() {
    let market = Market::graded("pass").await;
    market.centre("forward").json(forwarding()).send().await.expect(200);
    market.run_until_idle().await;
    let [to, from] = [sent(), cj("688712345679")];
    assert_ne!(market.notice_path(&to), market.notice_path(&from));
    for number in [to, from] {
        let parcel = market.store().parcel(match_id(), &number).await.unwrap();
        assert!(parcel.watched_until.is_some(), "{number:?}");
    }
}

/// The answer was lost, or never came: asked again under the same address.
#[tokio::test]
async fn who_was_not_told_that_it_is_watched_asks_again() {
    for fault in [
        CarrierFault::LostBefore,
        CarrierFault::LostAfter,
        CarrierFault::Status500,
        CarrierFault::RateLimit,
        CarrierFault::Garbage,
        CarrierFault::WrongShape,
    ] {
        let market = Market::paid().await;
        market.expect_failures();
        market.parcels().fail("watch", 1, fault);
        market.ship().await.expect(200);
        for _ in 0..3 {
            market.run_until_idle().await;
            market.clock.advance(Span::minutes(6));
        }
        market.run_until_idle().await;
        let watches = market.parcels().watched_until("kr.cjlogistics", "688712345678");
        assert_eq!(watches.len(), 1, "{fault:?}");
        assert_eq!(market.parcel().await.watched_until, Some(watches[0].1), "{fault:?}");
    }
}

#[tokio::test]
async fn told_twice_it_is_watched_once() {
    let market = Market::paid().await;
    market.cloud.adjust(|knobs| knobs.message_copies = 3);
    market.ship().await.expect(200);
    market.run_until_idle().await;
    let watches = market.parcels().watched_until("kr.cjlogistics", "688712345678");
    assert_eq!(watches.len(), 1, "{watches:?}");
}

/// A shipment of before numbers were checked has any text: its message was tried until it was dead.
#[tokio::test]
async fn a_shipment_without_a_number_is_let_go() {
    let market = Market::start().await;
    let agreement = Agreement {
        source: Source::Listing,
        variant: Variant::Direct,
        seller: market.seller.id,
        buyer: market.buyer.id,
        title: "카메라".to_owned(),
        price: Won::constant(1_000),
    };
    let tracking_number = "1-2".to_owned();
    let carrier = "CJ대한통운".to_owned();
    let shipment = Some(Shipment { carrier, tracking_number, scanned_at: None });
    let trade = Trade::open(Id::from_uuid(Uuid::from_u128(1)), agreement, market.now());
    let trade = Trade { shipment, ..trade };
    assert!(market.store().trade_open(&trade).await.unwrap());
    let facts = TradeFacts {
        trade_id: trade.id,
        auction_id: None,
        exchange: None,
        round: 0,
        seller_id: market.seller.id,
        buyer_id: market.buyer.id,
        title: "카메라".to_owned(),
        price: Won::constant(1_000),
    };
    let moved = TradeMoved { trade: facts, step: TradeStep::Shipped, until: None };
    market.publish(&Envelope::new(Uuid::from_u128(2), market.now(), &moved)).await;
    market.run_until_idle().await;
    assert_eq!(market.parcels().calls("watch"), 0);
}
