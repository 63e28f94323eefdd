//! Two orders that met, through the inspection centre.

use domain::{
    exchange::{deposit_of, hold_of, trade_of_match},
    identity::{Address, Role},
    ledger::Split,
    trade::{Agreement, Funding, Match, Source, Trade, Variant},
};
use gateway::fake::ParcelStep;
use kernel::{Id, OrderId, UserId, Won};
use serde_json::{Value, json};
use store::Transaction;
use uuid::Uuid;

use super::{book::Book, fixture::Stage, trades::carried};
use crate::support::parcel;

const PRICE: Won = Won::constant(100_000);
const HELD: Split = Split::spend_only(Won::constant(113_300));
/// Of the ask.
const DEPOSIT: Split = Split::spend_only(Won::constant(10_000));

/// The path of a match of orders `2n` and `2n + 1`, told.
pub async fn matched(stage: &mut Stage, n: u128, seller: UserId, buyer: UserId) -> String {
    let order = |n: u128| -> OrderId { Id::from_uuid(Uuid::from_u128(n)) };
    let (buy, sell) = (order(2 * n), order(2 * n + 1));
    stage.fund(buyer, HELD.total().get()).await;
    let now = stage.app.now();
    let hold = Transaction::new().hold(&hold_of(buy), buyer, HELD, now).unwrap();
    stage.app.store().commit(hold).await.unwrap();
    stage.fund(seller, DEPOSIT.total().get()).await;
    let deposit = Transaction::new().hold(&deposit_of(sell), seller, DEPOSIT, now).unwrap();
    stage.app.store().commit(deposit).await.unwrap();
    let funding = Funding::Wallet { held: HELD };
    let (item, option) = (Id::from_uuid(Uuid::from_u128(7)), "270".parse().unwrap());
    let agreement = Agreement {
        source: Source::Exchange(Match {
            item,
            option,
            buy,
            sell,
            funding,
            rebuy_if_failed: false,
            deposit: DEPOSIT,
        }),
        variant: Variant::Inspected,
        seller,
        buyer,
        title: "운동화".to_owned(),
        price: PRICE,
    };
    let phone = "01022223333".parse().unwrap();
    let address = Some(Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap());
    let id = trade_of_match(buy, sell);
    let trade = Trade { address, ..Trade::open(id, agreement, now) };
    assert!(stage.app.store().trade_open(&trade).await.unwrap());
    stage.follow().await;
    format!("/v1/trades/{id}")
}

pub fn graded(grade: &str) -> Value {
    json!({
        "grade": grade, "checklistVersion": 3, "notes": "밑창에 작은 오염",
        "photos": ["inspection/front.jpg", "inspection/sole.jpg"],
    })
}

/// Ships, receives, inspects.
pub async fn inspect(stage: &mut Stage, trade: &str, seller: UserId, centre: UserId, grade: &str) {
    let request = stage.post(seller, &format!("{trade}/ship"), parcel());
    stage.ask("200", request).await;
    let roles = [Role::User, Role::Inspector];
    let request = stage.post_as(&roles, centre, &format!("{trade}/receive"), json!({}));
    stage.ask("200", request).await;
    let path = format!("{trade}/inspection");
    let request = stage.post_as(&roles, centre, &path, graded(grade));
    stage.ask(&format!("200 {grade}"), request).await;
}

/// The centre sends the goods on, they arrive, the buyer is content.
pub async fn deliver(stage: &mut Stage, trade: &str, centre: UserId, buyer: UserId) {
    let roles = [Role::User, Role::Inspector];
    let sent = parcel();
    let request = stage.post_as(&roles, centre, &format!("{trade}/forward"), sent.clone());
    stage.ask("200", request).await;
    for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
        carried(stage, &sent, step).await;
    }
    stage.ask("200", stage.post(buyer, &format!("{trade}/confirm"), json!({}))).await;
}

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let seller = stage.member("seller").await;
    let (buyer, centre) = (stage.member("buyer").await, stage.member("centre").await);
    let token = |stage: &Stage, role| stage.app.token(centre, &[Role::User, role]);

    let trade = matched(&mut stage, 1, seller, buyer).await;
    inspect(&mut stage, &trade, seller, centre, "pass_at_95").await;
    let path = "/v1/trades?role=inspector&state=awaiting_consent";
    let request = stage.app.get(path).bearer(&token(&stage, Role::Inspector));
    stage.ask("200 of the centre", request).await;
    stage.ask("200", stage.post(buyer, &format!("{trade}/consent"), json!({}))).await;
    let came = stage.ask("200", stage.get(seller, &trade)).await.json()["shipment"].clone();
    let came = json!({ "carrier": came["carrier"], "trackingNumber": came["trackingNumber"] });
    let roles = [Role::User, Role::Inspector];
    let request = stage.post_as(&roles, centre, &format!("{trade}/forward"), came);
    stage.ask("409 tracking-number-used", request).await;
    deliver(&mut stage, &trade, centre, buyer).await;

    let trade = matched(&mut stage, 2, seller, buyer).await;
    inspect(&mut stage, &trade, seller, centre, "pass_at_95").await;
    let request = stage.post(buyer, &format!("{trade}/consent-refusal"), json!({}));
    stage.ask("200", request).await;

    let trade = matched(&mut stage, 3, seller, buyer).await;
    inspect(&mut stage, &trade, seller, centre, "counterfeit").await;

    let path = format!("/v1/users/{buyer}/trades?role=buyer");
    let request = stage.app.get(&path).bearer(&token(&stage, Role::Admin));
    stage.ask("200", request).await;
    stage.end()
}
