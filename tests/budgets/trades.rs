//! A direct sale, from the agreement to every end it can take.

use domain::identity::Role;
use gateway::fake::ParcelStep;
use kernel::{Span, UserId};
use serde_json::{Value, json};
use store::trade::LISTS;

use super::{book::Book, fixture::Stage};
use crate::support::parcel;

pub const PRICE: i64 = 50_000;

/// A sale at [`PRICE`] that awaits its payment: its path, seller and buyer.
pub async fn bought(stage: &mut Stage) -> (String, UserId, UserId) {
    let (seller, buyer) = (stage.member("seller").await, stage.member("buyer").await);
    let path = buy(stage, seller, buyer).await;
    (path, seller, buyer)
}

pub async fn buy(stage: &mut Stage, seller: UserId, buyer: UserId) -> String {
    buy_at(stage, seller, buyer, PRICE).await
}

pub async fn buy_at(stage: &mut Stage, seller: UserId, buyer: UserId, price: i64) -> String {
    let offer = json!({
        "title": "필름 카메라", "startPrice": price / 5, "buyNowPrice": price,
        "durationSeconds": 600,
    });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    let path = format!("/v1/auctions/{}/buy-now", created["id"].as_str().unwrap());
    stage.ask("201", stage.post(buyer, &path, json!({}))).await;
    newest(stage, buyer).await
}

/// The path of the newest trade of a buyer.
async fn newest(stage: &mut Stage, buyer: UserId) -> String {
    let trades = stage.ask("200", stage.get(buyer, "/v1/trades?role=buyer")).await.json();
    format!("/v1/trades/{}", trades["items"][0]["id"].as_str().unwrap())
}

pub async fn address(stage: &mut Stage, of: UserId) -> Value {
    let body = json!({
        "recipient": "김민지", "phone": "01022223333", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152",
    });
    let reply = stage.ask("201", stage.post(of, "/v1/me/addresses", body)).await;
    reply.json()["id"].clone()
}

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let (trade, seller, buyer) = bought(&mut stage).await;
    let with = json!({ "addressId": address(&mut stage, buyer).await });
    let path = format!("{trade}/pay");
    let request = stage.post(buyer, &path, with.clone());
    stage.ask("409 insufficient-balance", request).await;
    stage.fund(buyer, 3 * PRICE).await;
    for outcome in ["200", "200 repeated"] {
        let request = stage.post_with("k", &[Role::User], buyer, &path, with.clone());
        stage.ask(outcome, request).await;
    }
    stage.ask("200", stage.get(buyer, &trade)).await;
    let sent = parcel();
    let request = stage.post(seller, &format!("{trade}/ship"), sent.clone());
    stage.ask("200", request).await;
    let request = stage.post(buyer, &format!("{trade}/confirm"), json!({}));
    stage.ask("409 not-picked-up", request).await;
    carried(&mut stage, &sent, ParcelStep::PickUp).await;
    strangers_notice(&mut stage, &sent).await;
    let request = stage.post(seller, &format!("{trade}/ship"), sent.clone());
    stage.ask("409 wrong-trade-state", request).await;
    let request = stage.app.post(&format!("{trade}/deliver")).key(&stage.fresh());
    let request = stage.by_admin(request.json(json!({ "reason": "택배사 서면 확인" })));
    stage.ask("200", request).await;
    let request = stage.post(buyer, &format!("{trade}/confirm"), json!({}));
    stage.ask("200", request).await;

    // Paid and taken back: refund and penalty.
    let trade = buy(&mut stage, seller, buyer).await;
    let request = stage.post(buyer, &format!("{trade}/pay"), with.clone());
    stage.ask("200", request).await;
    let request = stage.post(seller, &format!("{trade}/ship"), sent);
    stage.ask("409 tracking-number-used", request).await;
    let request = stage.post(seller, &format!("{trade}/cancel"), json!({ "reason": "변심" }));
    stage.ask("200 of a paid trade", request).await;

    // The same of a seller who has nothing; what comes in later is the buyer's.
    let poor = stage.member("poor").await;
    let trade = buy(&mut stage, poor, buyer).await;
    let request = stage.post(buyer, &format!("{trade}/pay"), with.clone());
    stage.ask("200", request).await;
    let request = stage.post(poor, &format!("{trade}/cancel"), json!({ "reason": "변심" }));
    stage.ask("200 of a paid trade, owed for", request).await;
    stage.fund(poor, PRICE).await;
    stage.run_after(Span::minutes(1), "trade-collect-penalties").await;

    for end in [ParcelStep::Deliver, ParcelStep::Lose] {
        let trade = buy(&mut stage, seller, buyer).await;
        on_its_way(&mut stage, &trade, seller, buyer, Some(end), &with).await;
    }
    let trade = buy(&mut stage, seller, buyer).await;
    on_its_way(&mut stage, &trade, seller, buyer, None, &with).await;

    // Paid and never shipped, though the seller was reminded.
    let trade = buy(&mut stage, seller, buyer).await;
    let request = stage.post(buyer, &format!("{trade}/pay"), with);
    stage.ask("200", request).await;
    stage.run_after(Span::hours(36), "trade-sweep-due-trades").await;
    stage.run_after(Span::hours(12), "trade-sweep-due-trades").await;
    offered_and_declined(&mut stage, seller, buyer).await;
    stage.end()
}

/// Something happens to a parcel; whoever watches it is told.
pub async fn carried(stage: &mut Stage, parcel: &Value, step: ParcelStep) {
    let text = |name: &str| parcel[name].as_str().unwrap();
    stage.app.parcels().step(text("carrier"), text("trackingNumber"), step);
    for request in stage.app.parcel_notices() {
        stage.ask("202", request).await;
    }
}

/// A notice that is not the provider's.
async fn strangers_notice(stage: &mut Stage, parcel: &Value) {
    let body =
        json!({ "carrierId": parcel["carrier"], "trackingNumber": parcel["trackingNumber"] });
    let request = stage.app.post("/v1/webhooks/carrier/nobody").json(body);
    stage.ask("202 let go", request).await;
}

/// Paid and shipped; what becomes of the parcel: brought, lost, or never handed in, though its
/// seller was reminded.
async fn on_its_way(
    stage: &mut Stage,
    trade: &str,
    seller: UserId,
    buyer: UserId,
    end: Option<ParcelStep>,
    with: &Value,
) {
    let request = stage.post(buyer, &format!("{trade}/pay"), with.clone());
    stage.ask("200", request).await;
    let sent = parcel();
    let request = stage.post(seller, &format!("{trade}/ship"), sent.clone());
    stage.ask("200", request).await;
    let Some(end) = end else {
        // One of them finds it and has the carrier asked, when the watch has less than a day left.
        stage.app.clock.advance(Span::hours(24));
        stage.name_runs(&[("trade-on-carrier-webhook", "done watched on")]);
        for _ in 0..LISTS {
            stage.run_after(Span::hours(1), "trade-sweep-parcels").await;
        }
        stage.name_runs(&[]);
        stage.run_after(Span::hours(16), "trade-sweep-due-trades").await;
        return stage.run_after(Span::hours(24), "trade-sweep-due-trades").await;
    };
    carried(stage, &sent, ParcelStep::PickUp).await;
    let outcome = if end == ParcelStep::Lose { "done refunded" } else { "done delivered" };
    stage.name_runs(&[("trade-on-carrier-webhook", outcome)]);
    carried(stage, &sent, end).await;
    stage.name_runs(&[]);
    if end == ParcelStep::Deliver {
        let request = stage.post(buyer, &format!("{trade}/confirm"), json!({}));
        stage.ask("200", request).await;
    }
}

/// The winner withdraws, the next bidder does not want it.
async fn offered_and_declined(stage: &mut Stage, seller: UserId, winner: UserId) {
    let other = stage.member("other").await;
    let offer = json!({ "title": "필름 카메라", "startPrice": 10_000, "durationSeconds": 600 });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    let path = format!("/v1/auctions/{}/bids", created["id"].as_str().unwrap());
    for (who, amount) in [(other, 20_000), (winner, 30_000)] {
        let request = stage.post(who, &path, json!({ "amount": amount }));
        stage.ask("201 leading", request).await;
    }
    stage.advance(Span::minutes(12)).await;
    let trade = newest(stage, winner).await;
    let request = stage.post(winner, &format!("{trade}/cancel"), json!({ "reason": "변심" }));
    stage.ask("200 of an unpaid trade", request).await;
    let offer = newest(stage, other).await;
    let request = stage.post(other, &format!("{offer}/decline"), json!({}));
    stage.ask("200", request).await;
}
