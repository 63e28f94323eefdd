//! F4: how many bids may wait for a user's cards, who may not bid by card, and cards that go.

use futures::future::join_all;
use kernel::Span;
use serde_json::json;
use store::{
    auction::StrikeKind,
    payment_method::{CardBids, Closed},
};

use crate::tests::fixture::{Floor, Trader, id_of, spawn};

/// That many bids at `price` at once, every one under a key of its own; how many came to rest.
async fn at_once(floor: &Floor, buyer: &Trader, count: usize, price: i64) -> usize {
    let card = floor.card(buyer).await;
    let bid = || spawn(floor.ask("orders", buyer).json(floor.card_bid(buyer, price, card)));
    let requests: Vec<_> = (0..count).map(|_| bid()).collect();
    let replies = join_all(requests).await.into_iter().map(Result::unwrap);
    let mut placed = 0;
    for reply in replies {
        match reply.status() {
            201 => placed += 1,
            _ => {
                let problem = reply.expect_problem(409, "card-bids-full").json();
                assert!(problem["won"].as_i64().is_some(), "{problem}");
            }
        }
    }
    placed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_card_bids_at_once_ten_rest() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    assert_eq!(at_once(&floor, &buyer, 200, 1_000).await, 10);
    assert_eq!(floor.waiting_for_card(&buyer).await, CardBids { count: 10, won: 10_000 });
    assert_eq!((floor.book().await, floor.purse(&buyer).await.1), (10, 10_000));
    // Somebody else's are counted apart.
    let other = floor.trader().await;
    assert_eq!(at_once(&floor, &other, 1, 2_000).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_eight_card_bids_for_ten_million_at_once_three_rest() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    assert_eq!(at_once(&floor, &buyer, 8, 10_000_000).await, 3);
    let waiting = floor.waiting_for_card(&buyer).await;
    assert_eq!(waiting, CardBids { count: 3, won: 30_000_000 });
    assert_eq!(at_once(&floor, &buyer, 1, 1_000).await, 0, "to the won");
}

#[tokio::test]
async fn what_ends_makes_room_once() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    let card = floor.card(&buyer).await;
    let bid = |price| floor.ask("orders", &buyer).json(floor.card_bid(&buyer, price, card)).send();
    bid(31_000_000).await.expect_problem(409, "card-bids-full");
    let all = id_of(&bid(30_000_000).await.expect(201).json());
    let full = bid(1_000).await.expect_problem(409, "card-bids-full").json();
    assert_eq!((&full["count"], &full["won"]), (&json!(1), &json!(30_000_000)));
    for again in [200, 409] {
        floor.cancel(&buyer, all).await.expect(again);
        let waiting = floor.waiting_for_card(&buyer).await;
        assert_eq!(waiting, CardBids::default(), "cancelled twice, counted once");
    }
    bid(30_000_000).await.expect(201);
    let (_, trade) = floor.take(&seller, "sell", 30_000_000).await;
    bid(1_000).await.expect_problem(409, "card-bids-full");
    floor.charged(trade).await;
    assert_eq!(floor.waiting_for_card(&buyer).await, CardBids::default());
    bid(30_000_000).await.expect(201);
}

/// The strikes, how long ago, and whether a card may bid.
#[tokio::test]
async fn two_refused_cards_in_30_days_or_three_unpaid_wins_in_90_suspend_card_bids() {
    use StrikeKind::{Card, Seller, Unpaid};
    let days = Span::days;
    let edge = Span::millis(30 * 86_400_000 - 1);
    for (strikes, suspended) in [
        (vec![(Card, days(1))], false),
        (vec![(Card, days(1)), (Card, days(2))], true),
        (vec![(Card, days(1)), (Card, edge)], true),
        (vec![(Card, days(1)), (Card, days(30))], false),
        (vec![(Unpaid, days(1)), (Unpaid, days(60)), (Unpaid, days(89))], true),
        (vec![(Unpaid, days(1)), (Unpaid, days(60)), (Unpaid, days(90))], false),
        (vec![(Seller, days(1)), (Seller, days(2)), (Seller, days(3)), (Card, days(1))], false),
    ] {
        let floor = Floor::trading().await;
        let (buyer, seller) = floor.pair().await;
        let card = floor.card(&buyer).await;
        for (kind, ago) in &strikes {
            floor.strike(buyer.user.id, *kind, floor.now() - *ago).await;
        }
        let bid = floor.ask("orders", &buyer).json(floor.card_bid(&buyer, 10_000, card));
        let mut body = floor.now_body("buy-now", &buyer, 20_000);
        floor.rest(&seller, "sell", 20_000).await;
        body["funding"] = floor.card_bid(&buyer, 20_000, card)["funding"].clone();
        let now = floor.ask("buy-now", &buyer).json(body);
        for request in [bid, now] {
            let reply = request.send().await;
            match suspended {
                true => {
                    reply.expect_problem(403, "card-bids-suspended");
                }
                false => {
                    reply.expect(201);
                }
            }
        }
        // The wallet still pays.
        floor.place(&buyer, "buy", 11_000).await.expect(201);
    }
}

/// Of the end of a card and a bid that names it exactly one happens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_goes_or_a_bid_names_it() {
    let floor = Floor::trading().await;
    for _ in 0..8 {
        let buyer = floor.trader().await;
        let card = floor.card(&buyer).await;
        let bid = floor.ask("orders", &buyer).json(floor.card_bid(&buyer, 10_000, card)).send();
        let close = floor.store().payment_method_close(buyer.user.id, card);
        let (placed, closed) = futures::join!(bid, close);
        match closed.unwrap() {
            Closed::Done => {
                placed.expect_problem(404, "payment-method-not-found");
            }
            Closed::InUse => {
                let order = id_of(&placed.expect(201).json());
                floor.cancel(&buyer, order).await.expect(200);
                let closed = floor.store().payment_method_close(buyer.user.id, card).await;
                assert_eq!(closed.unwrap(), Closed::Done);
            }
            Closed::NotFound => panic!("the card was there"),
        }
        assert_eq!(floor.waiting_for_card(&buyer).await.count, 0);
    }
}
