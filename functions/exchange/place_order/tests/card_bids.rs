//! F4: a bid that a card is to pay is not free. What it sets aside, and what becomes of that.

use domain::{
    ledger::HoldState,
    trade::{Actor, Command, decide},
};
use kernel::{OrderId, Span, TradeId};
use serde_json::json;
use store::payment_method::CardBids;

use crate::tests::fixture::{Floor, PURSE, Trader, id_of};

const NONE: CardBids = CardBids { count: 0, won: 0 };

/// A card's bid at 50,000 that rests; its deposit is 1,500.
async fn rests(floor: &Floor) -> (Trader, OrderId) {
    let buyer = floor.trader().await;
    let body = floor.card_bid(&buyer, 50_000, floor.card(&buyer).await);
    let placed = floor.ask("orders", &buyer).json(body).send().await.expect(201).json();
    assert_eq!((&placed["state"], &placed["deposit"]), (&json!("open"), &json!(1_500)));
    assert_eq!(floor.purse(&buyer).await, (PURSE - 1_500, 1_500));
    assert_eq!(floor.waiting_for_card(&buyer).await, CardBids { count: 1, won: 50_000 });
    (buyer, id_of(&placed))
}

/// The same, met by an ask at 40,000.
async fn met(floor: &Floor) -> (Trader, Trader, OrderId, TradeId) {
    let (buyer, bid) = rests(floor).await;
    let seller = floor.trader().await;
    let (_, trade) = floor.take(&seller, "sell", 40_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 1_500, 1_500), "until the charge is done");
    assert_eq!(floor.waiting_for_card(&buyer).await.count, 1);
    (buyer, seller, bid, trade)
}

#[tokio::test]
async fn a_card_bid_without_its_deposit_is_refused_and_nothing_is_left() {
    let floor = Floor::trading().await;
    let (poor, seller) = (floor.beggar().await, floor.trader().await);
    floor.rest(&seller, "sell", 60_000).await;
    floor.fund(poor.user.id, 999).await;
    let card = floor.card(&poor).await;
    // At least 1,000; 3 % of more, rounded down; also where it would meet an ask.
    for (price, deposit) in [(1_000, 1_000), (33_000, 1_000), (34_000, 1_020), (60_000, 1_800)] {
        let body = floor.card_bid(&poor, price, card);
        let reply = floor.ask("orders", &poor).json(body).send().await;
        let problem = reply.expect_problem(409, "deposit-required").json();
        assert_eq!((&problem["deposit"], &problem["available"]), (&json!(deposit), &json!(999)));
    }
    assert_eq!((floor.purse(&poor).await, floor.book().await), ((999, 0), 1));
    assert_eq!((floor.waiting_for_card(&poor).await, floor.trades().await), (NONE, 0));
}

#[tokio::test]
async fn a_card_bid_that_ends_without_a_trade_gives_its_deposit_back() {
    for expires in [false, true] {
        let floor = Floor::trading().await;
        let (buyer, bid) = rests(&floor).await;
        match expires {
            true => {
                floor.turn_past_end(bid, Span::millis(0)).await;
                floor.sweep().await;
            }
            false => {
                floor.cancel(&buyer, bid).await.expect(200);
            }
        }
        assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
        assert_eq!(floor.hold(bid).await, Some(HoldState::Released));
        assert_eq!(floor.waiting_for_card(&buyer).await, NONE);
    }
}

/// Past its time it is ended by whoever meets it, sellers too.
#[tokio::test]
async fn a_card_bid_past_its_time_is_ended_by_whoever_meets_it() {
    let floor = Floor::trading().await;
    let (buyer, bid) = rests(&floor).await;
    let seller = floor.trader().await;
    floor.turn_past_end(bid, Span::millis(0)).await;
    floor.at_once("sell-now", &seller, 1_000).await.expect_problem(409, "price-moved");
    assert_eq!((floor.state(bid).await, floor.purse(&buyer).await), ("expired", (PURSE, 0)));
    assert_eq!(floor.waiting_for_card(&buyer).await, NONE);
}

#[tokio::test]
async fn a_card_that_pays_frees_the_deposit() {
    let floor = Floor::open().await;
    let (buyer, seller, bid, trade) = met(&floor).await;
    floor.charged(trade).await;
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
    assert_eq!(floor.hold(bid).await, Some(HoldState::Released));
    assert_eq!(floor.waiting_for_card(&buyer).await, NONE);
    // The ask at 40,000 met a bid at 50,000: its deposit is of what the goods are sold for.
    assert_eq!(floor.purse(&seller).await, (PURSE - 5_000, 5_000));
}

#[tokio::test]
async fn a_card_that_is_refused_pays_its_deposit_to_the_owner_of_the_ask() {
    let floor = Floor::open().await;
    let (buyer, seller, bid, trade) = met(&floor).await;
    floor.decline(trade).await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 1_500, 0), "with the trade's end, not later");
    assert_eq!(floor.purse(&seller).await, (PURSE - 5_000 + 1_500, 5_000));
    assert_eq!(floor.hold(bid).await, Some(HoldState::Captured));
    assert_eq!(floor.waiting_for_card(&buyer).await, NONE);
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 1_500, 0));
    let standing = floor.store().standing(buyer.user.id).await.unwrap();
    assert_eq!((standing.card_strikes(floor.now()), standing.unpaid_strikes(floor.now())), (1, 0));
}

/// Nobody's fault is proved: the deposit goes back, no strike is noted, the ask returns.
#[tokio::test]
async fn what_nobody_knows_costs_nobody() {
    let floor = Floor::open().await;
    let (buyer, seller, bid, trade) = met(&floor).await;
    floor.clock.advance(Span::minutes(30));
    let waiting = floor.trade(trade).await;
    let decision = decide(&waiting, Command::TimeOut, Actor::System, floor.now()).unwrap();
    assert!(floor.store().trade_commit(&waiting, &decision, floor.now()).await.unwrap());
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE, 0));
    assert_eq!(floor.purse(&seller).await, (PURSE - 5_000, 5_000));
    assert_eq!((floor.hold(bid).await, floor.book().await), (Some(HoldState::Released), 1));
    let standing = floor.store().standing(buyer.user.id).await.unwrap();
    assert_eq!(standing.card_strikes(floor.now()), 0);
}

/// Of a cancellation and a match exactly one happens, and the deposit is where it should be.
#[tokio::test]
async fn a_card_bid_is_cancelled_or_matched() {
    let floor = Floor::trading().await;
    for _ in 0..8 {
        let (buyer, bid) = rests(&floor).await;
        let seller = floor.trader().await;
        let cancel = floor.cancel(&buyer, bid);
        let sale = floor.at_once("sell-now", &seller, 50_000);
        let (cancelled, sold) = futures::join!(cancel, sale);
        let won = [cancelled.status() == 200, sold.status() == 201];
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        let due = if won[0] { (0, NONE) } else { (1_500, CardBids { count: 1, won: 50_000 }) };
        assert_eq!((floor.purse(&buyer).await.1, floor.waiting_for_card(&buyer).await), due);
    }
}
