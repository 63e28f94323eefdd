//! Goods that are handed over in person, and what is refused there.

use domain::trade::policy::WRONG_CODES_MAX;
use kernel::{Id, Span, UserId};
use serde_json::{Value, json};
use store::auction::{Strike, StrikeKind};
use uuid::Uuid;

use super::{
    book::Book,
    fixture::Stage,
    trades::{PRICE, bought, buy},
};
use crate::support::parcel;

const STATE: &str = "409 wrong-trade-state";
const NOT_YOU: &str = "403 forbidden";

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let (trade, seller, buyer) = bought(&mut stage).await;
    stage.fund(buyer, 4 * PRICE).await;
    let shows = format!("{trade}/handover-code");
    stage.ask(STATE, stage.get(buyer, &shows)).await;
    stage.ask_post(STATE, seller, &format!("{trade}/hand-over"), code("123456")).await;
    stage.ask_post(STATE, buyer, &format!("{trade}/handover-code/renew"), json!({})).await;
    pay(&mut stage, buyer, &trade).await;
    met(&mut stage, &trade, seller, buyer).await;

    let late = buy(&mut stage, seller, buyer).await;
    pay(&mut stage, buyer, &late).await;
    stage.app.clock.advance(Span::days(7));
    let path = format!("{late}/hand-over");
    stage.ask_post("409 shipment-overdue", seller, &path, code("123456")).await;
    stage.run_after(Span::minutes(1), "trade-sweep-due-trades").await;

    let late = buy(&mut stage, seller, buyer).await;
    let home = super::trades::address(&mut stage, buyer).await;
    let path = format!("{late}/pay");
    stage.ask_post("200", buyer, &path, json!({ "addressId": home })).await;
    stage.app.clock.advance(Span::hours(48));
    let path = format!("{late}/ship");
    stage.ask_post("409 shipment-overdue", seller, &path, parcel()).await;
    stage.run_after(Span::minutes(1), "trade-sweep-due-trades").await;
    nobody_meets(&mut stage, seller, buyer).await;
    stage.end()
}

/// Four wrong codes and one more, another one, and the right one.
async fn met(stage: &mut Stage, trade: &str, seller: UserId, buyer: UserId) {
    let shows = format!("{trade}/handover-code");
    let path = format!("{trade}/hand-over");
    let renew = format!("{trade}/handover-code/renew");
    stage.ask(NOT_YOU, stage.get(seller, &shows)).await;
    stage.ask_post(NOT_YOU, buyer, &path, code("123456")).await;
    stage.ask_post(NOT_YOU, seller, &renew, json!({})).await;
    let shown = stage.ask("200", stage.get(buyer, &shows)).await.json();
    let wrong = (shown["code"].as_str().unwrap().parse::<u32>().unwrap() + 1) % 1_000_000;
    let wrong = code(&format!("{wrong:06}"));
    for _ in 0..WRONG_CODES_MAX {
        stage.ask_post("409 wrong-handover-code", seller, &path, wrong.clone()).await;
    }
    stage.ask_post("409 handover-code-used-up", seller, &path, wrong).await;
    stage.ask_post("200", buyer, &renew, json!({})).await;
    let shown = stage.ask("200", stage.get(buyer, &shows)).await.json();
    stage.ask_post("200", seller, &path, code(shown["code"].as_str().unwrap())).await;
}

/// Whoever let three of them lapse.
async fn nobody_meets(stage: &mut Stage, seller: UserId, buyer: UserId) {
    for n in 0..3 {
        let trade = Id::from_uuid(Uuid::from_u128(n));
        let strike = Strike { kind: StrikeKind::Meeting, trade, at: stage.app.now() };
        stage.app.store().strike(seller, strike).await.unwrap();
    }
    let trade = buy(stage, seller, buyer).await;
    let body = json!({ "inPerson": true });
    let path = format!("{trade}/pay");
    stage.ask_post("409 in-person-unavailable", buyer, &path, body).await;
}

async fn pay(stage: &mut Stage, buyer: UserId, trade: &str) {
    let path = format!("{trade}/pay");
    stage.ask_post("200 to meet", buyer, &path, json!({ "inPerson": true })).await;
}

fn code(code: &str) -> Value {
    json!({ "code": code })
}
