use std::sync::Arc;

use domain::{
    carrier::{Carrier, TrackingNumber},
    ledger::Split,
    trade::{Actor, Agreement, Command, Source, Trade, Variant, decide},
};
use kernel::{Id, Span, TradeId, Won};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::tests::fixture::{Market, at_once, count, person, shared, shipment, trade_id};

#[tokio::test]
async fn the_seller_ships_what_is_paid() {
    let market = Market::won().await;
    market.ship().await.expect_problem(409, "wrong-trade-state");
    market.pay().await.expect(200);
    let reply = market.ship().await.expect(200).json();
    assert_eq!(reply["state"], "in_transit");
    for (name, sent) in shipment().as_object().unwrap() {
        assert_eq!(&reply["shipment"][name], sent);
    }
    assert_eq!(reply["shipment"]["scannedAt"], json!(null));
    assert_eq!(reply["deadline"], (market.now() + Span::hours(72)).to_string());
    assert_eq!(reply["sellerFee"], 5_000);
    let again = market.ship().await.expect_problem(409, "wrong-trade-state").json();
    assert_eq!(again["state"], "in_transit");
}

#[tokio::test]
async fn refuses_others_and_bad_numbers() {
    let market = Market::paid().await;
    for (who, status, code) in
        [(&market.buyer, 403, "forbidden"), (&person(&market, 1), 404, "trade-not-found")]
    {
        let reply = market.ask(trade_id(), "ship", who).json(shipment()).send().await;
        reply.expect_problem(status, code);
    }
    for (body, pointer) in bad_parcels() {
        let reply = market.ask(trade_id(), "ship", &market.seller).json(body.clone()).send().await;
        let problem = reply.expect_problem(400, "invalid-request").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(market.state(trade_id()).await, "awaiting_shipment");
}

/// What is no parcel, and where the fault is. The centre's are refused alike.
pub fn bad_parcels() -> Vec<(Value, &'static str)> {
    let of = |carrier: &str, number: &str| json!({ "carrier": carrier, "trackingNumber": number });
    let carrier = |id: &str| (of(id, "688712345678"), "/carrier");
    let number = |id: &str, number: &str| (of(id, number), "/trackingNumber");
    vec![
        carrier(""),
        carrier("CJ대한통운"),
        carrier("KR.CJLOGISTICS"),
        carrier(" kr.cjlogistics"),
        carrier("us.ups"),
        carrier(&"가".repeat(10_000)),
        number("kr.cjlogistics", ""),
        number("kr.cjlogistics", "- -"),
        number("kr.cjlogistics", "1"),
        number("kr.cjlogistics", "68871234567"),
        number("kr.cjlogistics", "-68871234567"),
        number("kr.cjlogistics", "68871234567A"),
        number("kr.cjlogistics", "6887_1234_5678"),
        number("kr.cjlogistics", "688712345678\n"),
        number("kr.cjlogistics", "٦٨٨٧١٢٣٤٥٦٧٨"),
        number("kr.cjlogistics", &"1".repeat(10_000)),
        number("kr.cjlogistics", &format!("{}688712345678", " ".repeat(29))),
        // Right for another carrier.
        number("kr.epost", "688712345678"),
        number("kr.lotte", "688712345678"),
        number("kr.logen", "688712345678"),
        number("kr.hanjin", "6890012345678"),
        (json!({}), "/carrier"),
        (json!({ "carrier": "kr.epost" }), "/trackingNumber"),
        (
            json!({ "carrier": "kr.epost", "trackingNumber": 6_890_012_345_678_u64 }),
            "/trackingNumber",
        ),
        (json!({ "carrier": null, "trackingNumber": "688712345678" }), "/carrier"),
        (
            json!({ "carrier": "kr.epost", "trackingNumber": "6890012345678", "sellerId": 1 }),
            "/sellerId",
        ),
    ]
}

#[tokio::test]
async fn every_way_of_writing_a_number_is_the_same_number() {
    for (carrier, written, digits) in [
        ("kr.cjlogistics", "6887-1234-5678", "688712345678"),
        ("kr.cjlogistics", " ６８８７ １２３４ ５６７８ ", "688712345678"),
        ("kr.cjlogistics", "0000000001", "0000000001"),
        ("kr.lotte", "2312-3456-7896", "231234567896"),
        ("kr.epost", "68900-1234-5678", "6890012345678"),
    ] {
        let market = Market::paid().await;
        let body = json!({ "carrier": carrier, "trackingNumber": written });
        let ship = market.ask(trade_id(), "ship", &market.seller).json(body);
        let shipped = ship.send().await.expect(200).json();
        let stands = json!({ "carrier": carrier, "trackingNumber": digits, "scannedAt": null });
        assert_eq!(shipped["shipment"], stands);
        let number = TrackingNumber::parse(Carrier::by_id(carrier).unwrap(), digits).unwrap();
        assert_eq!(market.store().trade_of_parcel(&number).await.unwrap(), Some(trade_id()));
    }
}

/// Trades 1 to `count` of the market's seller and buyer, paid.
async fn paid(count: u128) -> (Market, Vec<TradeId>) {
    let market = Market::start().await;
    let price = Won::constant(1_000);
    market.fund(market.buyer.id, 1_000 * i64::try_from(count).unwrap()).await;
    let address = market.address(market.buyer.id).await;
    let row = market.store().address(market.buyer.id, address).await.unwrap().unwrap();
    let mut trades = Vec::new();
    for n in 1..=count {
        let agreement = Agreement {
            source: Source::Listing,
            variant: Variant::Direct,
            seller: market.seller.id,
            buyer: market.buyer.id,
            title: format!("물건 {n}"),
            price,
        };
        let trade = Trade::open(Id::from_uuid(Uuid::from_u128(n)), agreement, market.now());
        assert!(market.store().trade_open(&trade).await.unwrap());
        let pay = Command::Pay { address: row.address.clone(), from: Split::spend_only(price) };
        let decision = decide(&trade, pay, Actor::Buyer, market.now()).unwrap();
        assert!(market.store().trade_commit(&trade, &decision, market.now()).await.unwrap());
        trades.push(trade.id);
    }
    (market, trades)
}

/// One parcel "sent" to many buyers: each would wait for it, and one carrier's word would pay all.
#[tokio::test]
async fn a_number_stands_in_one_shipment_only() {
    let (market, trades) = paid(2).await;
    let ship = |trade: TradeId, key: &str, body: Value| {
        let request = market.post(&format!("/v1/trades/{trade}/ship"));
        request.bearer(&market.token_of(&market.seller)).key(key).json(body).send()
    };
    let first = ship(trades[0], "a", shipment()).await.expect(200);
    let other_way = json!({ "carrier": "kr.cjlogistics", "trackingNumber": "6887-1234-5678" });
    for body in [shipment(), other_way] {
        let used = ship(trades[1], &market.fresh_key(), body).await;
        let used = used.expect_problem(409, "tracking-number-used").text();
        assert!(!used.contains(&trades[0].to_string()), "whose it is is nobody's business: {used}");
    }
    assert_eq!(market.state(trades[1]).await, "awaiting_shipment");
    // The same request again is no other shipment, and the same trade has moved.
    let again = ship(trades[0], "a", shipment()).await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.text(), first.text());
    ship(trades[0], "b", shipment()).await.expect_problem(409, "wrong-trade-state");
    // Refused, it may be sent under the same key with another number: nothing was kept.
    ship(trades[1], "c", shipment()).await.expect_problem(409, "tracking-number-used");
    // The same digits of another carrier are another number.
    let hanjin = json!({ "carrier": "kr.hanjin", "trackingNumber": "688712345678" });
    ship(trades[1], "c", hanjin).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_trades_with_one_number_one_ships() {
    let (market, trades) = paid(20).await;
    let market = shared(market);
    let replies = at_once(trades.len(), |index| {
        let market = Arc::clone(&market);
        let trade = trades[index];
        async move { market.ask(trade, "ship", &market.seller).json(shipment()).send().await }
    });
    let replies = replies.await;
    assert_eq!(count(&replies, 200), 1);
    for reply in replies.iter().filter(|reply| reply.status() != 200) {
        assert_eq!(reply.code(), "tracking-number-used", "{}", reply.text());
    }
    let mut shipped = Vec::new();
    for trade in &trades {
        match market.state(*trade).await {
            "in_transit" => shipped.push(*trade),
            state => assert_eq!(state, "awaiting_shipment"),
        }
    }
    let number = TrackingNumber::parse(Carrier::CjLogistics, "688712345678").unwrap();
    let holder = market.store().trade_of_parcel(&number).await.unwrap();
    assert_eq!(shipped, holder.into_iter().collect::<Vec<_>>());
}

/// Two requests of one trade: the second has not lost the number, its trade has moved.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trade_does_not_lose_its_number_to_itself() {
    for _ in 0..8 {
        let market = shared(Market::paid().await);
        let replies = at_once(6, |_| {
            let market = Arc::clone(&market);
            async move { market.ship().await }
        });
        let replies = replies.await;
        assert_eq!(count(&replies, 200), 1);
        for reply in replies.iter().filter(|reply| reply.status() != 200) {
            assert_eq!(reply.code(), "wrong-trade-state", "{}", reply.text());
        }
    }
}
