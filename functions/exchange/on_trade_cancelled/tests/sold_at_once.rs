//! A sale at once whose buyer's card did not pay: it never rested, and comes to rest now.

use domain::ledger::HoldState;
use kernel::{OrderId, Span, TradeId};
use serde_json::{Value, json};

use crate::tests::fixture::{Floor, PURSE, Trader, id_of};

/// A sale at 8,000 or more that met a card's bid at 10,000.
struct Sale {
    floor: Floor,
    seller: Trader,
    sale: OrderId,
    trade: TradeId,
    told: Value,
}

impl Sale {
    async fn of() -> Self {
        let floor = Floor::open().await;
        let (seller, buyer) = floor.pair().await;
        let bid = floor.card_bid(&buyer, 10_000, floor.card(&buyer).await);
        floor.ask("orders", &buyer).json(bid).send().await.expect(201);
        let body = floor.now_body("sell-now", &seller, 8_000);
        let request = floor.ask_under("k", "sell-now", &seller).json(body);
        let told = request.send().await.expect(201).json();
        let trade = told["tradeId"].as_str().unwrap().parse().unwrap();
        Self { sale: id_of(&told), floor, seller, trade, told }
    }

    async fn decline(&self) {
        self.floor.run_until_idle().await;
        self.floor.decline(self.trade).await;
        self.floor.run_until_idle().await;
    }
}

/// It ended `expired`, and the seller had lost the price and the place (F4).
#[tokio::test]
async fn a_sale_at_once_comes_back_as_an_ask_at_the_price_it_met() {
    let sale = Sale::of().await;
    let floor = &sale.floor;
    // Younger asks at the same price are behind it.
    let other = floor.trader().await;
    let younger = floor.rest(&other, "sell", 10_000).await;
    sale.decline().await;
    let view = floor.read(&sale.seller, sale.sale).await;
    assert_eq!((&view["state"], &view["price"]), (&json!("open"), &json!(10_000)));
    assert_eq!(view["expiresAt"], floor.later(Span::days(3)).to_string());
    assert_eq!((&view["deposit"], &view["tradeId"]), (&json!(1_000), &Value::Null));
    // The same deposit, and that of the bid whose card did not pay.
    assert_eq!(floor.purse(&sale.seller).await, (PURSE - 1_000 + 1_000, 1_000));
    let body = floor.now_body("sell-now", &sale.seller, 8_000);
    let again = floor.ask_under("k", "sell-now", &sale.seller).json(body).send().await;
    assert_eq!(again.expect(201).json(), sale.told, "what was told first stays told");
    let taker = floor.trader().await;
    let (first, _) = floor.take(&taker, "buy", 10_000).await;
    assert!(floor.met(first, sale.sale).await && !floor.met(first, younger).await);
    floor.run_until_idle().await;
    floor.record().await;
}

/// From then on it is an ask like others: cancelled, expired, matched and restored again.
#[tokio::test]
async fn it_is_an_ask_like_others_then() {
    for end in ["cancelled", "expired", "open"] {
        let sale = Sale::of().await;
        let floor = &sale.floor;
        sale.decline().await;
        match end {
            "cancelled" => {
                floor.cancel(&sale.seller, sale.sale).await.expect(200);
            }
            "expired" => {
                floor.turn_past_end(sale.sale, Span::millis(0)).await;
                floor.sweep().await;
            }
            _ => {
                let buyer = floor.trader().await;
                let until = floor.read(&sale.seller, sale.sale).await["expiresAt"].clone();
                floor.clock.advance(Span::hours(1));
                let (_, trade) = floor.take_by_card(&buyer, 10_000).await;
                floor.decline(trade).await;
                floor.run_until_idle().await;
                let back = floor.read(&sale.seller, sale.sale).await;
                assert_eq!(back["expiresAt"], until, "the time goes on");
            }
        }
        assert_eq!(floor.state(sale.sale).await, end);
        let due = if end == "open" { HoldState::Held } else { HoldState::Released };
        assert_eq!(floor.deposit(sale.sale).await, Some(due));
    }
}

/// A dearer bid came meanwhile: it is met at its price.
#[tokio::test]
async fn a_bid_that_waits_is_met_at_once() {
    let sale = Sale::of().await;
    let floor = &sale.floor;
    let buyer = floor.trader().await;
    let bid = floor.rest(&buyer, "buy", 12_000).await;
    sale.decline().await;
    assert!(floor.met(bid, sale.sale).await);
    assert_eq!(floor.purse(&buyer).await, (PURSE - 12_360, 0));
}

/// Told often, in any order and late, it comes back once.
#[tokio::test]
async fn told_three_times_it_comes_back_once() {
    for seed in 0..4 {
        let sale = Sale::of().await;
        sale.floor.cloud.adjust(|knobs| {
            knobs.message_copies = 3;
            knobs.shuffle = Some(seed);
        });
        sale.decline().await;
        assert_eq!((sale.floor.state(sale.sale).await, sale.floor.book().await), ("open", 1));
        sale.floor.cancel(&sale.seller, sale.sale).await.expect(200);
        let told = sale.floor.sent::<events::TradeCancelled>().await;
        sale.floor.publish(&told[0]).await;
        sale.floor.run_until_idle().await;
        assert_eq!((sale.floor.state(sale.sale).await, sale.floor.book().await), ("cancelled", 0));
    }
}
