//! Goods that are not what they should be, and goods that never come.

use kernel::Span;
use serde_json::json;

use super::fixture::{Exchange, PRICE, PURSE, SAVINGS, Trader, wallet};

/// Seller, buyer and their trade, paid.
async fn matched(exchange: &Exchange, again: bool) -> (Trader, Trader, serde_json::Value) {
    let seller = exchange.seller("sora", "01011112222").await;
    let buyer = exchange.buyer("minji", "01033334444").await;
    exchange.ask(&seller, PRICE).await;
    let order = json!({
        "side": "buy", "price": PRICE, "funding": wallet(), "buyAgain": again,
    });
    let bid = exchange.order(&buyer, order).await;
    assert_eq!(bid["state"], "matched", "{bid}");
    (seller, buyer, bid["tradeId"].clone())
}

#[tokio::test]
async fn a_counterfeit_costs_the_seller_and_the_buyer_gets_it_all_back() {
    let exchange = Exchange::open().await;
    let (seller, buyer, trade) = matched(&exchange, false).await;
    let failed = exchange.inspect(&seller, &trade, "counterfeit").await;
    assert_eq!(failed["state"], "cancelled", "{failed}");
    // 15 %: 10 of the deposit, and 5 that the seller, who has nothing else, owes.
    assert_eq!(exchange.purse(&buyer).await, (PURSE + 10_000, 0));
    let view = exchange.get(&seller, "/v1/wallet").await;
    assert_eq!((&view["available"], &view["owed"]), (&json!(0), &json!(5_000)), "{view}");
    exchange.audit(&[&seller, &buyer]).await;
}

#[tokio::test]
async fn the_next_ask_is_bought_when_the_first_fails() {
    let exchange = Exchange::open().await;
    let (seller, buyer, trade) = matched(&exchange, true).await;
    let other = exchange.seller("juno", "01022223333").await;
    let next = exchange.ask(&other, PRICE - 10_000).await;
    exchange.inspect(&seller, &trade, "mismatch").await;
    let bought = exchange.standing(&other, &next).await;
    assert_eq!((&bought["state"], &bought["matchedPrice"]), (&json!("matched"), &json!(90_000)));
    // All back, 10 % of penalty, and 90,000 and 3 % gone again.
    assert_eq!(exchange.purse(&buyer).await, (PURSE + 10_000 - 92_700, 0));
    let trade = &bought["tradeId"];
    exchange.inspect(&other, trade, "pass").await;
    exchange.deliver(&buyer, trade).await;
    assert_eq!(exchange.purse(&other).await, (87_300 + SAVINGS, 0));
    exchange.audit(&[&seller, &other, &buyer]).await;
}

#[tokio::test]
async fn ninety_five_points_are_the_buyers_to_refuse() {
    let exchange = Exchange::open().await;
    let (seller, buyer, trade) = matched(&exchange, false).await;
    let asked = exchange.inspect(&seller, &trade, "pass_at_95").await;
    assert_eq!(asked["state"], "awaiting_consent", "{asked}");
    let refused = exchange.step(&buyer, &trade, "consent-refusal", json!({})).await;
    assert_eq!(refused["state"], "cancelled", "{refused}");
    // Nobody's fault.
    assert_eq!(exchange.purse(&buyer).await, (PURSE, 0));
    let view = exchange.get(&seller, "/v1/wallet").await;
    assert_eq!((&view["available"], &view["owed"]), (&json!(SAVINGS), &json!(0)), "{view}");
    exchange.audit(&[&seller, &buyer]).await;
}

#[tokio::test]
async fn ninety_five_points_are_accepted() {
    let exchange = Exchange::open().await;
    let (seller, buyer, trade) = matched(&exchange, false).await;
    exchange.inspect(&seller, &trade, "pass_at_95").await;
    exchange.step(&buyer, &trade, "consent", json!({})).await;
    exchange.deliver(&buyer, &trade).await;
    assert_eq!(exchange.purse(&seller).await, (97_000 + SAVINGS, 0));
    exchange.audit(&[&seller, &buyer]).await;
}

#[tokio::test]
async fn a_missed_shipment_pays_the_buyer() {
    let exchange = Exchange::open().await;
    let (seller, buyer, trade) = matched(&exchange, false).await;
    exchange.wait(Span::hours(47), "trade-sweep-due-trades").await;
    assert_eq!(exchange.trade(&buyer, &trade).await["state"], "awaiting_shipment");
    exchange.wait(Span::hours(1), "trade-sweep-due-trades").await;
    assert_eq!(exchange.trade(&buyer, &trade).await["state"], "cancelled");
    assert_eq!(exchange.purse(&buyer).await, (PURSE + 10_000, 0));
    let view = exchange.get(&seller, "/v1/wallet").await;
    assert_eq!((&view["available"], &view["owed"]), (&json!(0), &json!(0)), "{view}");
    exchange.audit(&[&seller, &buyer]).await;
}
