//! Orders that get another price.

use domain::identity::Role;
use serde_json::{Value, json};

use super::fixture::{Floor, Trader, wallet};
use crate::{
    budgets::{book::Book, refused::wallets::owes},
    support::NO_ID,
};

/// Where the two orders get another price.
struct Paths {
    ask: String,
    bid: String,
}

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let seller = floor.seller("seller").await;
    let buyer = floor.buyer("buyer").await;
    let ask = floor.ask(&seller, 50_000);
    let ask = path_of(&floor.place("201 ask rests", &seller, ask).await);
    let bid = floor.bid(&buyer, 10_000, &wallet());
    let bid = path_of(&floor.place("201 wallet's bid rests", &buyer, bid).await);
    moved(&mut floor, "200 an ask", &seller, &ask, 60_000).await;
    moved(&mut floor, "200 a wallet's bid", &buyer, &bid, 12_000).await;
    refused(&mut floor, &seller, &ask).await;
    let paths = Paths { ask, bid };
    without_money(&mut floor, &seller, &buyer, &paths).await;
    let bid = paths.bid;
    moved(&mut floor, "200 a wallet's bid meets an ask", &buyer, &bid, 61_000).await;
    let over = floor.stage.post(buyer.id, &bid, meant(13_000));
    floor.stage.ask("409 order-not-open", over).await;
    let ask = floor.ask(&seller, 60_000);
    let ask = path_of(&floor.place("201 ask rests", &seller, ask).await);
    let bid = floor.bid(&buyer, 40_000, &wallet());
    floor.place("201 wallet's bid rests", &buyer, bid).await;
    moved(&mut floor, "200 an ask meets a wallet's bid", &seller, &ask, 40_000).await;
    floor.stage.end()
}

fn path_of(order: &Value) -> String {
    format!("/v1/exchange/orders/{}/price", order["id"].as_str().unwrap())
}

fn meant(price: i64) -> Value {
    json!({ "price": price, "confirm": true })
}

/// Once, and a repetition.
async fn moved(floor: &mut Floor, outcome: &str, who: &Trader, path: &str, price: i64) {
    let key = floor.stage.fresh();
    floor.stage.name_runs(&[("exchange-on-book-changed", "done, an order repriced")]);
    for outcome in [outcome, "200 repeated"] {
        let request = floor.stage.post_with(&key, &[Role::User], who.id, path, meant(price));
        floor.stage.ask(outcome, request).await;
    }
    floor.stage.name_runs(&[]);
}

async fn refused(floor: &mut Floor, seller: &Trader, ask: &str) {
    let nobodys = format!("/v1/exchange/orders/{NO_ID}/price");
    let absent = floor.stage.post(seller.id, &nobodys, meant(60_000));
    floor.stage.ask("404 order-not-found", absent).await;
    let same = floor.stage.post(seller.id, ask, meant(60_000));
    floor.stage.ask("409 price-unchanged", same).await;
    let slip = floor.stage.post(seller.id, ask, json!({ "price": 12_000 }));
    floor.stage.ask("409 confirm-price", slip).await;
    let payer = floor.buyer("payer").await;
    let card = floor.card(&payer, "card-ok-4").await;
    let bid = floor.bid(&payer, 9_000, &card);
    let bid = path_of(&floor.place("201 card's bid rests", &payer, bid).await);
    let fixed = floor.stage.post(payer.id, &bid, meant(8_000));
    floor.stage.ask("409 price-fixed", fixed).await;
    let debtor = floor.payee("debtor").await;
    floor.stage.fund(debtor.id, 5_000).await;
    let owed = floor.ask(&debtor, 50_000);
    let owed = path_of(&floor.place("201 ask rests", &debtor, owed).await);
    owes(&mut floor.stage, debtor.id, 500).await;
    let refused = floor.stage.post(debtor.id, &owed, meant(70_000));
    floor.stage.ask("409 penalty-due", refused).await;
    let cancel = owed.replace("/price", "/cancel");
    let cancelled = floor.stage.post(debtor.id, &cancel, json!({}));
    floor.stage.ask("200 an ask", cancelled).await;
}

/// The wallet does not cover the difference, or the best of the other side is one's own.
async fn without_money(floor: &mut Floor, seller: &Trader, buyer: &Trader, paths: &Paths) {
    let dear = floor.stage.post(buyer.id, &paths.bid, meant(20_000_000));
    floor.stage.ask("409 insufficient-balance", dear).await;
    let dear = floor.stage.post(seller.id, &paths.ask, meant(200_000_000));
    floor.stage.ask("409 deposit-required", dear).await;
    let own = floor.bid(seller, 20_000, &wallet());
    floor.place("201 wallet's bid rests", seller, own).await;
    let own = floor.stage.post(seller.id, &paths.ask, meant(15_000));
    floor.stage.ask("409 self-trade", own).await;
}
