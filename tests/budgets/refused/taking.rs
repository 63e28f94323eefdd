//! Orders that are not taken, the immediate ones among them.

use kernel::Span;
use serde_json::{Value, json};
use store::auction::StrikeKind;

use super::wallets::owes;
use crate::{
    budgets::{
        book::Book,
        exchange::fixture::{Floor, Trader, wallet},
    },
    support::NO_ID,
};

const BUY: &str = "/v1/exchange/buy-now";
const SELL: &str = "/v1/exchange/sell-now";
const TRIES_MAX: usize = 5;

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let (seller, buyer) = (floor.seller("seller").await, floor.buyer("buyer").await);
    let ask = floor.ask(&seller, 20_000);
    floor.place("201 ask rests", &seller, ask).await;
    let bid = floor.bid(&buyer, 10_000, &wallet());
    floor.place("201 wallet's bid rests", &buyer, bid).await;
    nowhere(&mut floor, &seller, &buyer).await;
    unpaid(&mut floor, &seller).await;
    by_card(&mut floor, &buyer).await;
    by_cards_that_may_not(&mut floor, &buyer).await;
    own(&mut floor).await;
    in_debt(&mut floor).await;
    floor.stage.end()
}

async fn take(floor: &mut Floor, outcome: &str, who: &Trader, path: &str, body: Value) {
    let request = floor.stage.post(who.id, path, body);
    floor.placed(outcome, request).await;
}

async fn nowhere(floor: &mut Floor, seller: &Trader, buyer: &Trader) {
    let buying = floor.at_once(buyer, 20_000, Some(&wallet()));
    let selling = floor.at_once(seller, 10_000, None);
    for (outcome, field, value) in [
        ("404 not-traded", "option", json!("290")),
        ("404 address-not-found", "addressId", json!(NO_ID)),
    ] {
        for (who, path, body) in [(buyer, BUY, &buying), (seller, SELL, &selling)] {
            let mut body = body.clone();
            body[field] = value.clone();
            take(floor, outcome, who, path, body).await;
        }
    }
}

async fn unpaid(floor: &mut Floor, seller: &Trader) {
    let stranger = floor.trader("stranger").await;
    let selling = floor.at_once(&stranger, 10_000, None);
    take(floor, "409 payout-account-required", &stranger, SELL, selling).await;
    let payee = floor.payee("payee").await;
    let selling = floor.at_once(&payee, 10_000, None);
    take(floor, "409 deposit-required", &payee, SELL, selling).await;
    let buying = floor.at_once(&stranger, 20_000, Some(&wallet()));
    take(floor, "409 insufficient-balance", &stranger, BUY, buying).await;
    let other = floor.buyer("other").await;
    let card = floor.card(&other, "card-ok-3").await;
    let foreign = floor.at_once(seller, 30_000, Some(&card));
    take(floor, "404 payment-method-not-found", seller, BUY, foreign).await;
}

async fn by_card(floor: &mut Floor, buyer: &Trader) {
    let card = floor.card(buyer, "card-ok-2").await;
    let mut guessed = floor.at_once(buyer, 20_000, Some(&card));
    guessed["funding"]["password"] = json!("314159");
    for _ in 0..TRIES_MAX {
        take(floor, "401 wrong-payment-password", buyer, BUY, guessed.clone()).await;
    }
    take(floor, "429 payment-password-locked", buyer, BUY, guessed).await;
}

/// Too much, too often refused, no money for the deposit: resting and at once.
async fn by_cards_that_may_not(floor: &mut Floor, buyer: &Trader) {
    let card = floor.card(buyer, "card-ok-4").await;
    let much = floor.bid(buyer, 31_000_000, &card);
    floor.place("409 card-bids-full", buyer, much).await;
    let much = floor.at_once(buyer, 31_000_000, Some(&card));
    take(floor, "409 card-bids-full", buyer, BUY, much).await;
    let poor = floor.trader("poor").await;
    let card = floor.card(&poor, "card-ok-5").await;
    let buying = floor.at_once(&poor, 20_000, Some(&card));
    take(floor, "409 deposit-required", &poor, BUY, buying).await;
    let struck = floor.buyer("struck").await;
    let card = floor.card(&struck, "card-ok-6").await;
    let now = floor.stage.app.now();
    for at in [now, now - Span::hours(1)] {
        floor.stage.app.strike(struck.id, StrikeKind::Card, at).await;
    }
    let bid = floor.bid(&struck, 5_000, &card);
    floor.place("403 card-bids-suspended", &struck, bid).await;
    let buying = floor.at_once(&struck, 20_000, Some(&card));
    take(floor, "403 card-bids-suspended", &struck, BUY, buying).await;
}

/// Both sides of the book are one's own.
async fn own(floor: &mut Floor) {
    let both = floor.seller("both").await;
    floor.stage.fund(both.id, 10_000_000).await;
    let ask = floor.ask(&both, 19_000);
    floor.place("201 ask rests", &both, ask).await;
    let bid = floor.bid(&both, 11_000, &wallet());
    floor.place("201 wallet's bid rests", &both, bid).await;
    let buying = floor.at_once(&both, 30_000, Some(&wallet()));
    take(floor, "409 self-trade", &both, BUY, buying).await;
    let selling = floor.at_once(&both, 5_000, None);
    take(floor, "409 self-trade", &both, SELL, selling).await;
}

async fn in_debt(floor: &mut Floor) {
    let debtor = floor.payee("debtor").await;
    owes(&mut floor.stage, debtor.id, 500).await;
    let ask = floor.ask(&debtor, 50_000);
    floor.place("409 penalty-due", &debtor, ask).await;
    let selling = floor.at_once(&debtor, 5_000, None);
    take(floor, "409 penalty-due", &debtor, SELL, selling).await;
    let buying = floor.at_once(&debtor, 30_000, Some(&wallet()));
    take(floor, "409 penalty-due", &debtor, BUY, buying).await;
}
