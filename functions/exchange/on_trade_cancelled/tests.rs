//! A declined card: the other side's order comes back.

mod buying_again;
mod debts;
mod sold_at_once;
mod taken_off;

use events::{AskReturned, TradeCancelled};
use kernel::{OrderId, Span, TradeId};
use serde_json::json;

use crate::tests::fixture::{Floor, PURSE, Trader, id_of};

/// An ask that met a card's bid, and a younger one at the same price behind it.
struct Story {
    floor: Floor,
    seller: Trader,
    ask: OrderId,
    younger: OrderId,
    bid: OrderId,
    trade: TradeId,
}

async fn met() -> Story {
    let floor = Floor::open().await;
    let [seller, other, buyer] = [floor.trader().await, floor.trader().await, floor.beggar().await];
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let younger = floor.rest(&other, "sell", 10_000).await;
    let (bid, trade) = floor.take_by_card(&buyer, 12_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.state(ask).await, "matched");
    Story { floor, seller, ask, younger, bid, trade }
}

#[tokio::test]
async fn the_ask_is_back_and_first_in_line() {
    let Story { floor, seller, ask, younger, bid, trade } = met().await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    let view = floor.read(&seller, ask).await;
    assert_eq!((&view["state"], &view["tradeId"]), (&json!("open"), &json!(null)));
    assert_eq!(floor.state(bid).await, "matched", "the buyer's order is used up");
    let told = floor.sent::<AskReturned>().await;
    assert_eq!(told.len(), 1);
    let returned: AskReturned = told[0].open().unwrap();
    assert_eq!((returned.order.order_id, returned.order.user_id), (ask, seller.user.id));
    assert!(returned.until.is_some(), "{returned:?}");
    let buyer = floor.trader().await;
    let (first, _) = floor.take(&buyer, "buy", 10_000).await;
    assert!(floor.met(first, ask).await);
    let (second, _) = floor.take(&buyer, "buy", 10_000).await;
    assert!(floor.met(second, younger).await);
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&buyer).await, (PURSE - 20_600, 0));
    assert_eq!(floor.record().await.meetings.len(), 3);
}

/// It comes back while its owner sleeps, and who knows with what in the wallet.
#[tokio::test]
async fn one_that_meets_a_better_bid_on_its_return_keeps_its_deposit() {
    let Story { floor, seller, ask, trade, .. } = met().await;
    // Of the younger ask, too.
    let buyer = floor.trader().await;
    floor.take(&buyer, "buy", 10_000).await;
    floor.rest(&buyer, "buy", 15_000).await;
    let before = floor.purse(&seller).await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    let view = floor.read(&seller, ask).await;
    assert_eq!((&view["state"], &view["matchedPrice"]), (&json!("matched"), &json!(15_000)));
    assert_eq!((&view["deposit"], floor.purse(&seller).await.1), (&json!(1_000), before.1));
    floor.record().await;
}

#[tokio::test]
async fn told_three_times_shuffled_and_late_it_returns_once() {
    for seed in 0..4 {
        let Story { floor, ask, trade, .. } = met().await;
        floor.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        floor.decline(trade).await;
        floor.run_until_idle().await;
        let told = floor.sent::<TradeCancelled>().await;
        assert_eq!((told.len(), floor.state(ask).await), (1, "open"));
        // Met by somebody else: what comes late does not tear it out of that trade.
        let buyer = floor.trader().await;
        floor.take(&buyer, "buy", 10_000).await;
        floor.run_until_idle().await;
        floor.clock.advance(Span::hours(1));
        for _ in 0..3 {
            floor.publish(&told[0]).await;
        }
        floor.run_until_idle().await;
        assert_eq!((floor.state(ask).await, floor.book().await), ("matched", 1));
        assert_eq!(floor.record().await.meetings.len(), 2);
    }
}

#[tokio::test]
async fn told_again_after_the_ask_was_cancelled_it_stays_cancelled() {
    let Story { floor, seller, ask, trade, .. } = met().await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    floor.cancel(&seller, ask).await.expect(200);
    let told = floor.sent::<TradeCancelled>().await;
    floor.publish(&told[0]).await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(ask).await, floor.book().await), ("cancelled", 1));
}

#[tokio::test]
async fn an_ask_whose_time_came_meanwhile_has_expired() {
    let Story { floor, ask, trade, .. } = met().await;
    floor.turn_past_end(ask, Span::millis(0)).await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    assert_eq!(floor.state(ask).await, "expired");
    floor.sweep().await;
    assert_eq!((floor.state(ask).await, floor.book().await), ("expired", 0));
}

#[tokio::test]
async fn to_its_last_millisecond_it_returns() {
    let Story { floor, ask, trade, .. } = met().await;
    floor.turn_before_end(ask, Span::millis(1)).await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    assert_eq!(floor.state(ask).await, "open");
}

#[tokio::test]
async fn its_owner_bids_as_much_meanwhile() {
    let Story { floor, seller, ask, younger, trade, .. } = met().await;
    // The younger ask of the other seller is taken first, then nothing is in the bid's way.
    let buyer = floor.trader().await;
    floor.take(&buyer, "buy", 10_000).await;
    let own = floor.rest(&seller, "buy", 11_000).await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(ask).await, floor.state(own).await), ("cancelled", "open"));
    assert_eq!(floor.state(younger).await, "matched");
    // With the deposit of the bid whose card did not pay.
    assert_eq!(floor.purse(&seller).await, (PURSE + 1_000 - 11_330, 11_330));
}

#[tokio::test]
async fn nothing_is_traded_there_any_more() {
    let floor = Floor::open().await;
    let (seller, buyer) = (floor.trader().await, floor.beggar().await);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let (_, trade) = floor.take_by_card(&buyer, 10_000).await;
    floor.delete_item().await.expect(204);
    floor.decline(trade).await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(ask).await, floor.book().await), ("cancelled", 0));
    assert_eq!(floor.cancel(&seller, ask).await.expect(409).json()["state"], "cancelled");
}

#[tokio::test]
async fn a_bid_that_came_meanwhile_meets_it_at_once() {
    let Story { floor, ask, younger, trade, .. } = met().await;
    let buyer = floor.trader().await;
    floor.take(&buyer, "buy", 10_000).await;
    assert_eq!(floor.state(younger).await, "matched");
    let waiting = floor.rest(&buyer, "buy", 11_000).await;
    floor.decline(trade).await;
    floor.run_until_idle().await;
    assert_eq!((floor.state(ask).await, floor.state(waiting).await), ("matched", "matched"));
    assert!(floor.met(waiting, ask).await);
    // The bid rested: its price it is.
    assert_eq!(floor.purse(&buyer).await, (PURSE - 10_300 - 11_330, 0));
    floor.record().await;
}

/// A repeated request is told what it was told first, though the ask came back and met another.
#[tokio::test]
async fn what_was_told_first_stays_told() {
    let floor = Floor::open().await;
    let (seller, buyer) = (floor.trader().await, floor.trader().await);
    let bid = floor.card_bid(&buyer, 10_000, floor.card(&buyer).await);
    floor.ask("orders", &buyer).json(bid).send().await.expect(201);
    let body = floor.order(&seller, "sell", 9_000);
    let send = || floor.ask_under("k", "orders", &seller).json(body.clone()).send();
    let first = send().await.expect(201);
    let told = first.json();
    assert_eq!(told["state"], "matched");
    floor.decline(told["tradeId"].as_str().unwrap().parse().unwrap()).await;
    floor.run_until_idle().await;
    assert_eq!(floor.state(id_of(&told)).await, "open");
    assert_eq!(send().await.expect(201).text(), first.text());
    let other = floor.trader().await;
    floor.take(&other, "buy", 9_000).await;
    assert_eq!(send().await.expect(201).text(), first.text());
    floor.record().await;
}

#[tokio::test]
async fn a_trade_that_ends_otherwise_brings_nothing_back() {
    let floor = Floor::open().await;
    let (seller, buyer) = (floor.trader().await, floor.trader().await);
    let ask = floor.rest(&seller, "sell", 10_000).await;
    let (bid, trade) = floor.take(&buyer, "buy", 10_000).await;
    floor.run_until_idle().await;
    let path = format!("/v1/trades/{trade}/cancel");
    let request = floor.post(&path).bearer(&floor.token_of(&seller)).key("k");
    request.json(json!({ "reason": "변심" })).send().await.expect(200);
    floor.run_until_idle().await;
    assert_eq!((floor.state(ask).await, floor.state(bid).await), ("matched", "matched"));
    assert_eq!(floor.book().await, 0);
    // 5 % for the buyer.
    assert_eq!(floor.purse(&buyer).await, (PURSE + 500, 0));
}
