//! Goods that fail inspection: the next ask for a buyer who asked for it.

use events::TradeCancelled;
use kernel::{OrderId, Span, TradeId};
use serde_json::json;

use crate::tests::fixture::{Floor, PURSE, Trader, id_of};

/// An ask at 10,000 that a buyer took and that is on its way to fail.
struct Story {
    floor: Floor,
    buyer: Trader,
    seller: Trader,
    trade: TradeId,
}

/// The buyer's bid is as high as the wallet allows, at most 12,000.
async fn bought(purse: i64, again: bool) -> Story {
    let floor = Floor::open().await;
    let (buyer, seller) = (floor.beggar().await, floor.trader().await);
    floor.fund(buyer.user.id, purse).await;
    floor.rest(&seller, "sell", 10_000).await;
    let limit = if purse < 12_360 { 10_000 } else { 12_000 };
    let mut body = floor.order(&buyer, "buy", limit);
    body["buyAgain"] = again.into();
    let placed = floor.ask("orders", &buyer).json(body).send().await.expect(201).json();
    assert_eq!((&placed["state"], &placed["buyAgain"]), (&json!("matched"), &json!(again)));
    floor.run_until_idle().await;
    let trade = placed["tradeId"].as_str().unwrap().parse().unwrap();
    Story { floor, buyer, seller, trade }
}

/// The buyer's orders that were matched, newest first.
async fn matched(floor: &Floor, buyer: &Trader) -> Vec<OrderId> {
    let request = floor.get("/v1/exchange/orders?status=matched").bearer(&floor.token_of(buyer));
    let page = request.send().await.expect(200).json();
    page["items"].as_array().unwrap().iter().map(id_of).collect()
}

#[tokio::test]
async fn the_next_ask_at_no_more_is_bought() {
    for (grade, percent) in [("mismatch", 10), ("counterfeit", 15)] {
        let Story { floor, buyer, seller, trade } = bought(20_000, true).await;
        let other = floor.trader().await;
        let dearer = floor.rest(&other, "sell", 11_000).await;
        let next = floor.rest(&other, "sell", 10_000).await;
        floor.clock.advance(Span::seconds(1));
        floor.inspect(trade, &seller, grade).await;
        floor.run_until_idle().await;
        assert_eq!((floor.state(next).await, floor.state(dearer).await), ("matched", "open"));
        assert_eq!(matched(&floor, &buyer).await.len(), 2);
        // What came back went out again; the penalty stays.
        let penalty = 10_000 * percent / 100;
        assert_eq!(floor.purse(&buyer).await, (20_000 - 10_300 + penalty, 0));
        floor.record().await;
    }
}

#[tokio::test]
async fn it_fails_again_and_is_bought_again() {
    let Story { floor, buyer, seller, trade } = bought(10_300, true).await;
    let others = floor.traders(2).await;
    for (other, price) in others.iter().zip([8_000, 9_000]) {
        floor.rest(other, "sell", price).await;
    }
    // Or the two orders are as new as each other.
    floor.clock.advance(Span::seconds(1));
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    let second = matched(&floor, &buyer).await;
    let met = floor.read(&buyer, second[0]).await;
    assert_eq!((&met["matchedPrice"], &met["buyAgain"]), (&json!(8_000), &json!(true)));
    // Of what is bought again the limit is the price that was paid last: 9,000 is too dear.
    let trade = met["tradeId"].as_str().unwrap().parse().unwrap();
    floor.inspect(trade, &others[0], "mismatch").await;
    floor.run_until_idle().await;
    assert_eq!((matched(&floor, &buyer).await.len(), floor.book().await), (2, 1));
    assert_eq!(floor.purse(&buyer).await, (10_300 + 1_000 + 800, 0));
}

#[tokio::test]
async fn who_did_not_ask_for_it_gets_the_money_back() {
    let Story { floor, buyer, seller, trade } = bought(20_000, false).await;
    let other = floor.trader().await;
    let next = floor.rest(&other, "sell", 10_000).await;
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(next).await, floor.trades().await), ("open", 1));
    assert_eq!(floor.purse(&buyer).await, (21_000, 0));
}

#[tokio::test]
async fn without_an_ask_in_reach_the_refund_stays() {
    let Story { floor, buyer, seller, trade } = bought(20_000, true).await;
    let other = floor.trader().await;
    let dearer = floor.rest(&other, "sell", 11_000).await;
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(dearer).await, floor.trades().await), ("open", 1));
    assert_eq!(floor.purse(&buyer).await, (21_000, 0));
}

#[tokio::test]
async fn ones_own_ask_is_not_bought() {
    let Story { floor, buyer, seller, trade } = bought(20_000, true).await;
    let own = floor.rest(&buyer, "sell", 9_000).await;
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    // Of the 21,000 the deposit of the own ask is set aside.
    assert_eq!((floor.state(own).await, floor.purse(&buyer).await), ("open", (20_100, 900)));
}

#[tokio::test]
async fn money_that_was_spent_meanwhile_buys_nothing() {
    let Story { floor, buyer, seller, trade } = bought(10_300, true).await;
    let other = floor.trader().await;
    let next = floor.rest(&other, "sell", 10_000).await;
    floor.cloud.pause("exchange-on-trade-cancelled");
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (11_300, 0));
    // It goes into another bid before the message comes.
    floor.rest(&buyer, "buy", 9_000).await;
    floor.cloud.resume("exchange-on-trade-cancelled");
    floor.run_until_idle().await;
    assert_eq!((floor.state(next).await, floor.trades().await), ("open", 1));
    assert_eq!(floor.purse(&buyer).await, (11_300 - 9_270, 9_270));
}

#[tokio::test]
async fn told_three_times_shuffled_and_late_it_buys_once() {
    for seed in 0..4 {
        let Story { floor, buyer, seller, trade } = bought(PURSE, true).await;
        let other = floor.trader().await;
        for _ in 0..3 {
            floor.rest(&other, "sell", 10_000).await;
        }
        floor.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        floor.inspect(trade, &seller, "counterfeit").await;
        floor.run_until_idle().await;
        let told = floor.sent::<TradeCancelled>().await;
        floor.clock.advance(Span::hours(1));
        floor.publish(&told[0]).await;
        floor.run_until_idle().await;
        assert_eq!((floor.trades().await, floor.book().await), (2, 2));
        assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300 + 1_500, 0));
    }
}

/// The refund was the end of it: a message that comes again does not buy what came later.
#[tokio::test]
async fn told_again_when_nothing_was_bought_it_still_buys_nothing() {
    let Story { floor, buyer, seller, trade } = bought(20_000, true).await;
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    let other = floor.trader().await;
    let later = floor.rest(&other, "sell", 9_000).await;
    let told = floor.sent::<TradeCancelled>().await;
    floor.clock.advance(Span::days(1));
    floor.publish(&told[0]).await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(later).await, floor.trades().await), ("open", 1));
    assert_eq!(floor.purse(&buyer).await, (21_000, 0));
}

/// F9: the money goes back to the card, and the next ask is bought by it.
#[tokio::test]
async fn f9_what_a_card_paid_is_bought_again_by_that_card() {
    for asks_again in [true, false] {
        let floor = Floor::open().await;
        let [buyer, seller, other] =
            [floor.beggar().await, floor.trader().await, floor.trader().await];
        floor.rest(&seller, "sell", 10_000).await;
        floor.fund(buyer.user.id, 1_000).await;
        let card = floor.card(&buyer).await;
        let mut body = floor.card_bid(&buyer, 10_000, card);
        body["buyAgain"] = asks_again.into();
        let placed = floor.ask("orders", &buyer).json(body).send().await.expect(201).json();
        let trade = placed["tradeId"].as_str().unwrap().parse().unwrap();
        floor.run_until_idle().await;
        floor.charged(trade).await;
        let next = floor.rest(&other, "sell", 9_000).await;
        // Or the two orders are as new as each other.
        floor.clock.advance(Span::seconds(1));
        floor.inspect(trade, &seller, "mismatch").await;
        floor.run_until_idle().await;
        assert_eq!(floor.trade(trade).await.provider_refund.unwrap().amount.get(), 10_300);
        if !asks_again {
            assert_eq!((floor.state(next).await, floor.trades().await), ("open", 1));
            assert_eq!(floor.purse(&buyer).await, (2_000, 0), "the deposit and the penalty");
            continue;
        }
        assert_eq!(floor.state(next).await, "matched");
        let second = matched(&floor, &buyer).await;
        let met = floor.read(&buyer, second[0]).await;
        let second = floor.trade(met["tradeId"].as_str().unwrap().parse().unwrap()).await;
        assert!(second.card_bid().is_some(), "the card is to pay it");
        assert_eq!(floor.purse(&buyer).await, (1_000, 1_000), "the deposit is set aside again");
        floor.record().await;
    }
}
