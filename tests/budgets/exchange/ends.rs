//! How orders and their trades end: received, declined, not as they should be, past their time.

use domain::identity::Role;
use kernel::Span;
use serde_json::json;

use super::fixture::{Floor, Trader, wallet};
use crate::{
    budgets::{book::Book, inspected},
    support::parcel,
};

const PRICE: i64 = 100_000;

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let (seller, buyer) = (floor.seller("seller").await, floor.buyer("buyer").await);
    completed(&mut floor, &seller, &buyer).await;
    bought_again(&mut floor, &seller, &buyer).await;
    declined(&mut floor, &seller).await;
    expired(&mut floor, &seller, &buyer).await;
    floor.stage.end()
}

/// The path of a trade at [`PRICE`]; the buyer takes the next ask if it fails.
async fn met(floor: &mut Floor, seller: &Trader, buyer: &Trader) -> String {
    let ask = floor.ask(seller, PRICE);
    floor.place("201 ask rests", seller, ask).await;
    let wanted = json!({ "side": "buy", "price": PRICE, "funding": wallet(), "buyAgain": true });
    let bid = floor.order(buyer, wanted);
    Floor::trade_of(&floor.place("201 wallet's bid meets an ask", buyer, bid).await)
}

async fn completed(floor: &mut Floor, seller: &Trader, buyer: &Trader) {
    let trade = met(floor, seller, buyer).await;
    let centre = floor.stage.member("centre-one").await;
    inspected::inspect(&mut floor.stage, &trade, seller.id, centre, "pass").await;
    floor.stage.name_runs(&[("catalog-on-trade-completed", "done counted")]);
    inspected::deliver(&mut floor.stage, &trade, centre, buyer.id).await;
    floor.stage.name_runs(&[]);
    let request = floor.stage.app.get("/v1/catalog/hot");
    let hot = floor.stage.ask("200", request).await.json();
    assert_eq!(hot["items"][0]["completedTrades"], 1, "{hot}");
}

async fn bought_again(floor: &mut Floor, seller: &Trader, buyer: &Trader) {
    let trade = met(floor, seller, buyer).await;
    let next = floor.ask(seller, PRICE);
    let next = floor.place("201 ask rests", seller, next).await;
    let centre = floor.stage.member("centre-two").await;
    floor.stage.name_runs(&[("exchange-on-trade-cancelled", "done bought again")]);
    inspected::inspect(&mut floor.stage, &trade, seller.id, centre, "mismatch").await;
    floor.stage.name_runs(&[]);
    let path = format!("/v1/exchange/orders/{}", next["id"].as_str().unwrap());
    assert_eq!(floor.state(seller, &path).await, "matched");
    let next = floor.stage.ask("200", floor.stage.get(seller.id, &path)).await.json();
    // Else it is swept for want of a parcel, or its carrier asked in an hour that differs from run
    // to run.
    let trade = Floor::trade_of(&next);
    let request = floor.stage.post(seller.id, &format!("{trade}/ship"), parcel());
    floor.stage.ask("200", request).await;
    let roles = [Role::User, Role::Inspector];
    let request = floor.stage.post_as(&roles, centre, &format!("{trade}/receive"), json!({}));
    floor.stage.ask("200", request).await;
}

async fn declined(floor: &mut Floor, seller: &Trader) {
    let unlucky = floor.buyer("unlucky").await;
    let card = floor.card(&unlucky, "card-declines-1").await;
    let ask = floor.ask(seller, PRICE);
    let ask = floor.place("201 ask rests", seller, ask).await;
    floor.stage.name_runs(&[("payment-charge-card", "done refused")]);
    let bid = floor.bid(&unlucky, PRICE, &card);
    let bid = floor.place("201 card's bid meets an ask", &unlucky, bid).await;
    floor.stage.name_runs(&[
        ("payment-charge-card", "done given up"),
        ("exchange-on-trade-cancelled", "done returned"),
    ]);
    floor.stage.advance(Span::minutes(10)).await;
    floor.stage.name_runs(&[]);
    assert_eq!(floor.state(&unlucky, &Floor::trade_of(&bid)).await, "cancelled");
    let path = format!("/v1/exchange/orders/{}", ask["id"].as_str().unwrap());
    assert_eq!(floor.state(seller, &path).await, "open");
}

async fn expired(floor: &mut Floor, seller: &Trader, buyer: &Trader) {
    let mut ask = floor.ask(seller, 2 * PRICE);
    let mut bid = floor.bid(buyer, PRICE / 2, &wallet());
    for body in [&mut ask, &mut bid] {
        body["expiresInDays"] = json!(1);
    }
    floor.place("201 ask rests", seller, ask).await;
    let bid = floor.place("201 wallet's bid rests", buyer, bid).await;
    floor.stage.name_runs(&[
        ("exchange-sweep-due-orders", "done, two ended"),
        ("exchange-on-book-changed", "done, two at once"),
    ]);
    floor.stage.run_after(Span::hours(24), "exchange-sweep-due-orders").await;
    floor.stage.name_runs(&[("exchange-sweep-due-orders", "done, two owners known to be told")]);
    floor.stage.advance(Span::minutes(20)).await;
    floor.stage.name_runs(&[]);
    let path = format!("/v1/exchange/orders/{}", bid["id"].as_str().unwrap());
    assert_eq!(floor.state(buyer, &path).await, "expired");
}
