//! Whoever pays: from a wallet, by a card, by a card that does not pay.

use kernel::Span;
use serde_json::json;

use super::fixture::{Exchange, PRICE, PURSE, SAVINGS, wallet};

/// 3 % more for the buyer, 3 % less for the seller.
const PAYS: i64 = 103_000;
const GETS: i64 = 97_000;
/// What a bid by card sets aside.
const DEPOSIT: i64 = 3_000;

#[tokio::test]
async fn from_an_ask_and_a_bid_to_the_sellers_money() {
    let exchange = Exchange::open().await;
    let seller = exchange.seller("sora", "01011112222").await;
    let buyer = exchange.buyer("minji", "01033334444").await;
    let ask = exchange.ask(&seller, PRICE).await;
    assert_eq!((&ask["state"], &ask["total"]), (&json!("open"), &json!(GETS)));
    let bid = exchange.bid(&buyer, PRICE, wallet()).await;
    assert_eq!((&bid["state"], &bid["matchedPrice"]), (&json!("matched"), &json!(PRICE)));
    let trade = &bid["tradeId"];
    assert_eq!(&exchange.standing(&seller, &ask).await["tradeId"], trade);
    // Taken already.
    assert_eq!(exchange.purse(&buyer).await, (PURSE - PAYS, 0));
    let paid = exchange.trade(&seller, trade).await;
    assert_eq!(
        (&paid["state"], &paid["source"]),
        (&json!("awaiting_shipment"), &json!("exchange"))
    );
    let passed = exchange.inspect(&seller, trade, "pass").await;
    assert_eq!(passed["state"], "forwarding", "{passed}");
    exchange.deliver(&buyer, trade).await;
    assert_eq!(exchange.purse(&seller).await, (GETS + SAVINGS, 0));
    assert_eq!(exchange.purse(&buyer).await, (PURSE - PAYS, 0));
    let prints = format!("/v1/catalog/{}/options/270/trades", exchange.item);
    let prints = exchange.app.get(&prints).send().await.expect(200).json();
    assert_eq!(prints["items"][0]["price"], PRICE, "{prints}");
    exchange.audit(&[&seller, &buyer]).await;
}

#[tokio::test]
async fn a_card_pays() {
    let exchange = Exchange::open().await;
    let seller = exchange.seller("sora", "01011112222").await;
    let buyer = exchange.buyer("minji", "01033334444").await;
    let card = exchange.card(&buyer, "card-ok-1").await;
    let bid = exchange.bid(&buyer, PRICE, card).await;
    assert_eq!((&bid["state"], &bid["funding"]), (&json!("open"), &json!("card")));
    assert_eq!(exchange.purse(&buyer).await, (PURSE - DEPOSIT, DEPOSIT));
    let ask = exchange.ask(&seller, 90_000).await;
    // The bid was there first: its price it is.
    assert_eq!((&ask["state"], &ask["matchedPrice"]), (&json!("matched"), &json!(PRICE)));
    assert_eq!(exchange.providers.providers.taken(), PURSE + PAYS);
    assert_eq!(exchange.purse(&buyer).await, (PURSE, 0), "the deposit is free");
    let trade = &ask["tradeId"];
    exchange.inspect(&seller, trade, "pass").await;
    exchange.deliver(&buyer, trade).await;
    assert_eq!(exchange.purse(&seller).await, (GETS + SAVINGS, 0));
    assert_eq!(exchange.purse(&buyer).await, (PURSE, 0));
    exchange.audit(&[&seller, &buyer]).await;
}

#[tokio::test]
async fn a_declined_card_gives_the_ask_back_first_in_line() {
    let exchange = Exchange::open().await;
    let seller = exchange.seller("sora", "01011112222").await;
    let other = exchange.seller("juno", "01022223333").await;
    let unlucky = exchange.buyer("haneul", "01055556666").await;
    let buyer = exchange.buyer("minji", "01033334444").await;
    let ask = exchange.ask(&seller, PRICE).await;
    let younger = exchange.ask(&other, PRICE).await;
    let card = exchange.card(&unlucky, "card-declines-1").await;
    let bid = exchange.bid(&unlucky, PRICE, card).await;
    assert_eq!(bid["state"], "matched", "{bid}");
    // It is asked a few times before it is given up.
    exchange.app.advance(Span::minutes(4)).await;
    let trade = exchange.trade(&seller, &bid["tradeId"]).await;
    assert_eq!(trade["state"], "cancelled", "{trade}");
    assert_eq!(exchange.providers.providers.taken(), 2 * PURSE, "what filled the wallets");
    assert_eq!(exchange.purse(&unlucky).await, (PURSE - DEPOSIT, 0), "the deposit is lost");
    let back = exchange.standing(&seller, &ask).await;
    assert_eq!((&back["state"], &back["tradeId"]), (&json!("open"), &json!(null)));
    let bid = exchange.bid(&buyer, PRICE, wallet()).await;
    assert_eq!(exchange.standing(&seller, &ask).await["tradeId"], bid["tradeId"]);
    assert_eq!(exchange.standing(&other, &younger).await["state"], "open");
    exchange.inspect(&seller, &bid["tradeId"], "pass").await;
    exchange.deliver(&buyer, &bid["tradeId"]).await;
    assert_eq!(exchange.purse(&seller).await, (GETS + SAVINGS + DEPOSIT, 0));
    exchange.audit(&[&seller, &other, &unlucky, &buyer]).await;
}

#[tokio::test]
async fn what_nobody_takes_expires_and_the_money_is_free() {
    let exchange = Exchange::open().await;
    let buyer = exchange.buyer("minji", "01033334444").await;
    let order = json!({
        "side": "buy", "price": PRICE, "expiresInDays": 1, "funding": wallet(),
    });
    let bid = exchange.order(&buyer, order).await;
    assert_eq!(exchange.purse(&buyer).await, (PURSE - PAYS, PAYS));
    exchange.wait(Span::hours(23), "exchange-sweep-due-orders").await;
    assert_eq!(exchange.standing(&buyer, &bid).await["state"], "open");
    exchange.wait(Span::hours(1), "exchange-sweep-due-orders").await;
    assert_eq!(exchange.standing(&buyer, &bid).await["state"], "expired");
    assert_eq!(exchange.purse(&buyer).await, (PURSE, 0));
    exchange.audit(&[&buyer]).await;
}
