//! Orders: placed, taken at once, read, cancelled.

use domain::identity::Role;
use serde_json::{Value, json};

use super::fixture::{Floor, Trader, wallet};
use crate::{budgets::book::Book, support::NO_ID};

const ORDERS: &str = "/v1/exchange/orders";

/// Who trades here.
struct Cast {
    seller: Trader,
    buyer: Trader,
    /// The buyer's.
    card: Value,
}

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let (seller, buyer) = (floor.seller("seller").await, floor.buyer("buyer").await);
    let card = floor.card(&buyer, "card-ok-1").await;
    let cast = Cast { seller, buyer, card };
    refused(&mut floor, &cast).await;
    floor.stage.name_runs(&[("payment-charge-card", "done paid")]);
    placed(&mut floor, &cast).await;
    taken_at_once(&mut floor, &cast).await;
    read(&mut floor, &cast).await;
    floor.stage.name_runs(&[]);
    cancelled(&mut floor, &cast).await;
    ended_by_staff(&mut floor, &cast).await;
    locked(&mut floor, &cast).await;
    floor.stage.end()
}

async fn refused(floor: &mut Floor, Cast { seller, buyer, card }: &Cast) {
    let mut other_size = floor.ask(seller, 20_000);
    other_size["option"] = json!("290");
    floor.place("404 not-traded", seller, other_size).await;
    let mut nowhere = floor.ask(seller, 20_000);
    nowhere["addressId"] = json!(NO_ID);
    floor.place("404 address-not-found", seller, nowhere).await;
    let unpaid = floor.ask(buyer, 20_000);
    floor.place("409 payout-account-required", buyer, unpaid).await;
    let payee = floor.payee("payee").await;
    let poor = floor.bid(&payee, 10_000, &wallet());
    floor.place("409 insufficient-balance", &payee, poor).await;
    let poor = floor.ask(&payee, 10_000);
    floor.place("409 deposit-required", &payee, poor).await;
    let foreign = floor.bid(seller, 10_000, card);
    floor.place("404 payment-method-not-found", seller, foreign).await;
    let mut guessed = floor.bid(buyer, 10_000, card);
    guessed["funding"]["password"] = json!("314159");
    floor.place("401 wrong-payment-password", buyer, guessed).await;
    let right = floor.bid(buyer, 8_000, card);
    floor.place("201 card's bid rests, a wrong password before", buyer, right).await;
}

async fn placed(floor: &mut Floor, Cast { seller, buyer, card }: &Cast) {
    let ask = floor.ask(seller, 20_000);
    for outcome in ["201 ask rests", "201 repeated"] {
        let ask = ask.clone();
        let request = floor.stage.post_with("k", &[Role::User], seller.id, ORDERS, ask);
        floor.placed(outcome, request).await;
    }
    let bid = floor.bid(buyer, 10_000, &wallet());
    floor.place("201 wallet's bid rests", buyer, bid).await;
    let bid = floor.bid(buyer, 9_000, card);
    floor.place("201 card's bid rests", buyer, bid).await;
    let named = card["paymentMethodId"].as_str().unwrap();
    let path = format!("/v1/me/payment-methods/{named}");
    let request = floor.stage.by(buyer.id, floor.stage.app.delete(&path));
    floor.stage.ask("409 payment-method-in-use", request).await;
    floor.stage.fund(seller.id, 1_000_000).await;
    let own = floor.bid(seller, 20_000, &wallet());
    floor.place("409 self-trade", seller, own).await;
    let mut slip = floor.bid(buyer, 20_000, &wallet());
    slip["confirm"] = json!(false);
    floor.place("409 confirm-price", buyer, slip).await;

    let ask = floor.ask(seller, 10_000);
    floor.place("201 ask meets a wallet's bid", seller, ask).await;
    let ask = floor.ask(seller, 9_000);
    let trade = Floor::trade_of(&floor.place("201 ask meets a card's bid", seller, ask).await);
    assert_eq!(floor.state(seller, &trade).await, "awaiting_shipment");
    let bid = floor.bid(buyer, 20_000, &wallet());
    floor.place("201 wallet's bid meets an ask", buyer, bid).await;
    let ask = floor.ask(seller, 20_000);
    floor.place("201 ask rests", seller, ask).await;
    let bid = floor.bid(buyer, 20_000, card);
    let trade = Floor::trade_of(&floor.place("201 card's bid meets an ask", buyer, bid).await);
    assert_eq!(floor.state(buyer, &trade).await, "awaiting_shipment");
}

async fn taken_at_once(floor: &mut Floor, Cast { seller, buyer, card }: &Cast) {
    let (buy, sell) = ("/v1/exchange/buy-now", "/v1/exchange/sell-now");
    for (outcome, funding) in
        [("201 meets an ask, from a wallet", wallet()), ("201 meets an ask, by card", card.clone())]
    {
        let ask = floor.ask(seller, 20_000);
        floor.place("201 ask rests", seller, ask).await;
        let request = floor.stage.post(buyer.id, buy, floor.at_once(buyer, 20_000, Some(&funding)));
        floor.placed(outcome, request).await;
    }
    for (outcome, funding) in
        [("201 meets a wallet's bid", wallet()), ("201 meets a card's bid", card.clone())]
    {
        let bid = floor.bid(buyer, 10_000, &funding);
        let rests = format!("201 {}'s bid rests", funding["from"].as_str().unwrap());
        floor.place(&rests, buyer, bid).await;
        let body = floor.at_once(seller, 10_000, None);
        let key = floor.stage.fresh();
        for outcome in [outcome, "201 repeated"] {
            let body = body.clone();
            let request = floor.stage.post_with(&key, &[Role::User], seller.id, sell, body);
            floor.placed(outcome, request).await;
        }
    }
    // Something rests, beyond both limits.
    let ask = floor.ask(seller, 20_000);
    floor.place("201 ask rests", seller, ask).await;
    let wanted = floor.at_once(buyer, 15_000, Some(&wallet()));
    for (path, who, body) in
        [(buy, buyer, wanted), (sell, seller, floor.at_once(seller, 15_000, None))]
    {
        let request = floor.stage.post(who.id, path, body);
        floor.placed("409 price-moved", request).await;
    }
}

async fn read(floor: &mut Floor, Cast { seller, buyer, .. }: &Cast) {
    let stage = &mut floor.stage;
    let request = stage.app.get("/v1/exchange/quote?side=buy&price=170000");
    stage.ask("200", request).await;
    for status in ["open", "matched", "cancelled", "expired"] {
        let request = stage.get(buyer.id, &format!("{ORDERS}?status={status}"));
        stage.ask(&format!("200 {status}"), request).await;
    }
    let orders =
        stage.ask("200 matched", stage.get(seller.id, &format!("{ORDERS}?status=matched")));
    let path = format!("{ORDERS}/{}", orders.await.json()["items"][0]["id"].as_str().unwrap());
    stage.ask("200", stage.get(seller.id, &path)).await;
    stage.ask("404 order-not-found", stage.get(buyer.id, &path)).await;
}

async fn cancelled(floor: &mut Floor, Cast { seller, buyer, card }: &Cast) {
    let orders = [
        ("201 ask rests", "200 an ask", seller, floor.ask(seller, 30_000)),
        ("201 wallet's bid rests", "200 a wallet's bid", buyer, floor.bid(buyer, 5_000, &wallet())),
        ("201 card's bid rests", "200 a card's bid", buyer, floor.bid(buyer, 5_000, card)),
    ];
    for (rests, outcome, who, body) in orders {
        let order = floor.place(rests, who, body).await;
        let path = format!("{ORDERS}/{}/cancel", order["id"].as_str().unwrap());
        let key = floor.stage.fresh();
        for outcome in [outcome, "200 repeated"] {
            let request = floor.stage.post_with(&key, &[Role::User], who.id, &path, json!({}));
            floor.stage.ask(outcome, request).await;
        }
        let again = floor.stage.post(who.id, &path, json!({}));
        floor.stage.ask("409 order-not-open", again).await;
    }
}

/// What staff takes back of a user: a bid from the wallet and one that a card waits for.
async fn ended_by_staff(floor: &mut Floor, Cast { buyer, card, .. }: &Cast) {
    let bid = floor.bid(buyer, 5_000, &wallet());
    floor.place("201 wallet's bid rests", buyer, bid).await;
    let bid = floor.bid(buyer, 5_000, card);
    floor.place("201 card's bid rests", buyer, bid).await;
    let path = format!("/v1/admin/users/{}/orders/cancel", buyer.id);
    floor.stage.name_runs(&[("exchange-on-book-changed", "done of several orders")]);
    for outcome in ["200 two orders", "200 none left"] {
        let request = floor.stage.by_admin(floor.stage.app.post(&path));
        floor.stage.ask(outcome, request.json(json!({ "reason": "도용 신고" }))).await;
    }
    floor.stage.name_runs(&[]);
}

/// Five wrong passwords.
async fn locked(floor: &mut Floor, Cast { buyer, card, .. }: &Cast) {
    let mut guessed = floor.bid(buyer, 5_000, card);
    guessed["funding"]["password"] = json!("314159");
    for _ in 0..5 {
        floor.place("401 wrong-payment-password", buyer, guessed.clone()).await;
    }
    floor.place("429 payment-password-locked", buyer, guessed).await;
}
