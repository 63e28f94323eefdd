//! What a seller sets aside with an ask, and what becomes of it.

use domain::ledger::HoldState;
use kernel::{OrderId, Span, TradeId};
use serde_json::{Value, json};
use store::Read;

use crate::tests::fixture::{Floor, PURSE, Trader, id_of};

/// An ask at 10,000 that a wallet's bid has met and paid.
struct Sale {
    floor: Floor,
    seller: Trader,
    buyer: Trader,
    ask: OrderId,
    trade: TradeId,
}

async fn sold() -> Sale {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let (_, trade) = floor.take(&buyer, "buy", 10_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&seller).await, (PURSE - 1_000, 1_000), "it is the trade's");
    Sale { floor, seller, buyer, ask, trade }
}

/// What the seller owes for penalties.
async fn owed(floor: &Floor, seller: &Trader) -> i64 {
    floor.store().balance(seller.user.id, Read::Consistent).await.unwrap().penalty
}

async fn cancel(sale: &Sale, token: &str) {
    let path = format!("/v1/trades/{}/cancel", sale.trade);
    let request = sale.floor.post(&path).bearer(token).key("k");
    request.json(json!({ "reason": "변심" })).send().await.expect(200);
    sale.floor.run_until_idle().await;
}

#[tokio::test]
async fn an_ask_without_its_deposit_is_refused_and_nothing_is_left() {
    let floor = Floor::trading().await;
    let (poor, buyer) = (floor.beggar().await, floor.trader().await);
    floor.rest(&buyer, "buy", 5_000).await;
    floor.fund(poor.user.id, 999).await;
    let refused = [
        (floor.place(&poor, "sell", 10_000).await, 1_000),
        (floor.place(&poor, "sell", 12_345_000).await, 1_234_500),
    ];
    for (reply, deposit) in refused {
        let problem = reply.expect_problem(409, "deposit-required").json();
        assert_eq!((&problem["deposit"], &problem["available"]), (&json!(deposit), &json!(999)));
    }
    // An immediate sale as well, and one that would meet a bid.
    floor.fund(poor.user.id, 1).await;
    floor.place(&poor, "sell", 10_000).await.expect(201);
    let sale = floor.at_once("sell-now", &poor, 5_000).await;
    sale.expect_problem(409, "deposit-required");
    floor.place(&poor, "sell", 5_000).await.expect_problem(409, "deposit-required");
    assert_eq!((floor.purse(&poor).await, floor.trades().await), ((0, 1_000), 0));
}

#[tokio::test]
async fn an_ask_that_ends_without_a_trade_gives_its_deposit_back() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    let cancelled = floor.rest(&seller, "sell", 10_000).await;
    let expired = floor.rest(&seller, "sell", 20_000).await;
    assert_eq!(floor.purse(&seller).await, (PURSE - 3_000, 3_000));
    floor.cancel(&seller, cancelled).await.expect(200);
    assert_eq!(floor.purse(&seller).await, (PURSE - 2_000, 2_000));
    floor.turn_past_end(expired, Span::millis(0)).await;
    floor.sweep().await;
    assert_eq!((floor.state(expired).await, floor.purse(&seller).await), ("expired", (PURSE, 0)));
    for order in [cancelled, expired] {
        assert_eq!(floor.deposit(order).await, Some(HoldState::Released));
    }
}

#[tokio::test]
async fn goods_that_pass_free_the_deposit() {
    let sale = sold().await;
    sale.floor.inspect(sale.trade, &sale.seller, "pass").await;
    assert_eq!(sale.floor.purse(&sale.seller).await, (PURSE, 0));
    assert_eq!(sale.floor.deposit(sale.ask).await, Some(HoldState::Released));
}

/// Ten percent are the deposit; of fifteen the seller's free money pays the rest.
#[tokio::test]
async fn a_penalty_is_taken_out_of_the_deposit_first() {
    for (grade, penalty) in [("mismatch", 1_000), ("counterfeit", 1_500)] {
        let sale = sold().await;
        sale.floor.inspect(sale.trade, &sale.seller, grade).await;
        sale.floor.run_until_idle().await;
        assert_eq!(sale.floor.purse(&sale.buyer).await, (PURSE + penalty, 0), "{grade}");
        assert_eq!(sale.floor.purse(&sale.seller).await, (PURSE - penalty, 0), "{grade}");
        assert_eq!(owed(&sale.floor, &sale.seller).await, 0, "{grade}");
        assert_eq!(sale.floor.deposit(sale.ask).await, Some(HoldState::Captured));
    }
}

/// Five percent in the first hour: the other half of the deposit is the seller's again.
#[tokio::test]
async fn what_a_penalty_leaves_of_the_deposit_goes_back() {
    let sale = sold().await;
    cancel(&sale, &sale.floor.token_of(&sale.seller)).await;
    assert_eq!(sale.floor.purse(&sale.buyer).await, (PURSE + 500, 0));
    assert_eq!(sale.floor.purse(&sale.seller).await, (PURSE - 500, 0));
    assert_eq!(owed(&sale.floor, &sale.seller).await, 0);
}

#[tokio::test]
async fn a_cancellation_that_is_nobodys_fault_frees_the_deposit() {
    let sale = sold().await;
    cancel(&sale, &sale.floor.admin().token).await;
    assert_eq!(sale.floor.purse(&sale.seller).await, (PURSE, 0));
    assert_eq!(sale.floor.purse(&sale.buyer).await, (PURSE, 0));
    assert_eq!(sale.floor.deposit(sale.ask).await, Some(HoldState::Released));
}

/// The ask returns with the deposit that it came with, and may be matched or cancelled again.
#[tokio::test]
async fn an_ask_that_returns_keeps_its_deposit() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    let ask = floor.rest(&seller, "sell", 10_000).await;
    for round in 1..=2 {
        let (_, trade) = floor.take_by_card(&buyer, 10_000).await;
        floor.decline(trade).await;
        // And the deposit of the bid for each time.
        let due = (PURSE - 1_000 + round * 1_000, 1_000);
        assert_eq!(floor.purse(&seller).await, due, "on its way back");
        floor.run_until_idle().await;
        assert_eq!(floor.state(ask).await, "open");
        assert_eq!(floor.purse(&seller).await, due);
        floor.clock.advance(Span::minutes(2));
    }
    floor.cancel(&seller, ask).await.expect(200);
    assert_eq!(floor.purse(&seller).await, (PURSE + 2_000, 0));
}

/// Nothing is traded there any more, or its time is over: no ask returns, and no deposit stays.
#[tokio::test]
async fn an_ask_that_cannot_return_gives_its_deposit_back() {
    for deleted in [true, false] {
        let floor = Floor::open().await;
        let (buyer, seller) = floor.pair().await;
        let ask = floor.rest(&seller, "sell", 10_000).await;
        let (_, trade) = floor.take_by_card(&buyer, 10_000).await;
        let state = if deleted {
            floor.delete_item().await.expect(204);
            "cancelled"
        } else {
            floor.turn_past_end(ask, Span::millis(0)).await;
            "expired"
        };
        floor.decline(trade).await;
        floor.run_until_idle().await;
        // With the deposit of the bid.
        let due = (state, (PURSE + 1_000, 0));
        assert_eq!((floor.state(ask).await, floor.purse(&seller).await), due);
        assert_eq!(floor.deposit(ask).await, Some(HoldState::Released));
    }
}

/// Both an open ask and its answer say what is set aside.
#[tokio::test]
async fn an_order_says_its_deposit() {
    let floor = Floor::trading().await;
    let seller = floor.trader().await;
    let placed = floor.place(&seller, "sell", 15_000).await.expect(201).json();
    let read = floor.read(&seller, id_of(&placed)).await;
    for view in [&placed, &read] {
        assert_eq!(view["deposit"], Value::from(1_500), "{view}");
    }
}
