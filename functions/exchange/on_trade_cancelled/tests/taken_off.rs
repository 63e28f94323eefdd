//! Trades that were paid and came to nothing: no price of theirs stays in the history.

use domain::exchange::{Instrument, views::RecentTrade};
use events::{Envelope, TradeCancelled, TradeMatched};
use futures::future::{join, join_all};
use kernel::{Span, TradeId, Won};
use local::{Upset, Visibility};
use serde_json::{Value, json};
use store::{Table, exchange::differences};

use crate::tests::fixture::{Floor, Trader};

async fn paid(floor: &Floor, buyer: &Trader, seller: &Trader, price: i64) -> TradeId {
    floor.clock.advance(Span::seconds(1));
    floor.rest(seller, "sell", price).await;
    let (_, trade) = floor.take(buyer, "buy", price).await;
    floor.run_until_idle().await;
    trade
}

async fn cancel(floor: &Floor, trade: TradeId, seller: &Trader) {
    let request = floor.post(&format!("/v1/trades/{trade}/cancel"));
    let request = request.bearer(&floor.token_of(seller)).key(&floor.fresh_key());
    request.json(json!({ "reason": "변심" })).send().await.expect(200);
}

/// The prices of the trades that are shown, newest first; the last one; the volume of the day.
async fn shown(floor: &Floor) -> (Vec<Value>, Value, Vec<Value>) {
    let trades = floor.view("trades").await.expect(200).json();
    let trades = trades["items"].as_array().unwrap().iter().map(|row| row["price"].clone());
    let bars = floor.view("history?bucket=day").await.expect(200).json();
    let bars = bars["bars"].as_array().unwrap().iter().map(|bar| bar["volume"].clone());
    (trades.collect(), floor.prices().await["lastPrice"].clone(), bars.collect())
}

/// `cargo xtask rebuild` would change nothing.
async fn agrees(floor: &Floor) {
    let rows = floor.rows().await;
    let found = differences(rows.table(Table::Exchange)).unwrap();
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_trade_cancelled_before_its_inspection_leaves_prints_and_bars() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    paid(&floor, &buyer, &seller, 100_000).await;
    let slipped = paid(&floor, &buyer, &seller, 900_000).await;
    assert_eq!(
        shown(&floor).await,
        (vec![json!(900_000), json!(100_000)], json!(900_000), vec![json!(2)])
    );
    cancel(&floor, slipped, &seller).await;
    floor.run_until_idle().await;
    let due = (vec![json!(100_000)], json!(100_000), vec![json!(1)]);
    assert_eq!(shown(&floor).await, due);
    agrees(&floor).await;
    // Told again, nothing changes; and what is paid then counts as ever.
    let trade = floor.trade(slipped).await;
    let recent =
        RecentTrade { at: trade.paid.unwrap().at, trade: slipped, price: trade.agreement.price };
    let matched = trade.matched().unwrap();
    let instrument = Instrument { item: matched.item, option: matched.option };
    floor.store().recent_trade_off(instrument, &recent).await.unwrap();
    assert!(!floor.store().recent_trade_add(instrument, &recent).await.unwrap());
    assert_eq!(shown(&floor).await, due);
    paid(&floor, &buyer, &seller, 110_000).await;
    let due = (vec![json!(110_000), json!(100_000)], json!(110_000), vec![json!(2)]);
    assert_eq!(shown(&floor).await, due);
    agrees(&floor).await;
}

/// The cancellation may be heard of before the payment.
#[tokio::test]
async fn a_trade_that_is_taken_off_before_it_came_never_comes() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    let only = paid(&floor, &buyer, &seller, 100_000).await;
    cancel(&floor, only, &seller).await;
    floor.run_until_idle().await;
    assert_eq!(shown(&floor).await, (vec![], Value::Null, vec![]));
    agrees(&floor).await;
    let trade = floor.trade(only).await;
    let matched = trade.matched().unwrap();
    let instrument = Instrument { item: matched.item, option: matched.option };
    let at = floor.now();
    let other: TradeId = "01938f3c-7e2a-7000-8000-0000000000f1".parse().unwrap();
    let early = RecentTrade { at, trade: other, price: trade.agreement.price };
    floor.store().recent_trade_off(instrument, &early).await.unwrap();
    assert!(!floor.store().recent_trade_add(instrument, &early).await.unwrap());
    assert_eq!(shown(&floor).await, (vec![], Value::Null, vec![]));
    // The emptied bar takes the next trade.
    paid(&floor, &buyer, &seller, 120_000).await;
    assert_eq!(shown(&floor).await, (vec![json!(120_000)], json!(120_000), vec![json!(1)]));
    agrees(&floor).await;
}

/// Seen half applied, an addition is in its bar and not yet among the trades: F7's kind.
#[tokio::test]
async fn f7_a_bar_that_is_recounted_lost_the_trade_that_was_half_applied() {
    let mut half_seen = 0;
    for seed in 0..24 {
        let floor = Floor::half_seen().await;
        let item = floor.item.parse().unwrap();
        let instrument = Instrument { item, option: "270".parse().unwrap() };
        let store = floor.store();
        let trades = (0..6_u32).map(|n| RecentTrade {
            at: floor.now() + Span::millis(i64::from(n)),
            trade: TradeId::from_uuid(uuid::Uuid::from_u128(u128::from(n) + 1)),
            price: Won::constant(100_000 + i64::from(n) * 1_000),
        });
        let trades: Vec<_> = trades.collect();
        assert!(store.recent_trade_add(instrument, &trades[0]).await.unwrap());
        let visibility = Visibility { seed, calls: 60, span: Span::millis(0) };
        floor.cloud.adjust(|knobs| knobs.visibility = Some(visibility));
        let more = trades[1..].iter().map(|trade| store.recent_trade_add(instrument, trade));
        // A worker that is told to come again comes again.
        let off = async { while store.recent_trade_off(instrument, &trades[0]).await.is_err() {} };
        let (added, ()) = join(join_all(more), off).await;
        assert!(added.into_iter().all(|added| added.unwrap()));
        half_seen += floor.cloud.faults().upsets().get(&Upset::HalfSeen).copied().unwrap_or(0);
        floor.cloud.adjust(|knobs| knobs.visibility = None);
        let rows = floor.rows().await;
        let found = differences(rows.table(Table::Exchange)).unwrap();
        assert!(found.is_empty(), "seed {seed}: {found:?}");
    }
    assert!(half_seen > 20, "{half_seen} reads of half a transaction");
}

/// The event was seen before its trade, which had no inspection yet: its print went, and its bars
/// stayed.
#[tokio::test]
async fn a_cancellation_that_is_heard_of_before_it_is_seen_took_an_inspected_trade_off() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    let trade = paid(&floor, &buyer, &seller, 100_000).await;
    let due = (vec![json!(100_000)], json!(100_000), vec![json!(1)]);
    let matched: TradeMatched = floor.sent::<TradeMatched>().await[0].open().unwrap();
    let cancelled = TradeCancelled {
        trade: matched.trade,
        reason: "mismatch".to_owned(),
        penalty: Won::ZERO,
        taken: Won::ZERO,
        paid: true,
        refunding: false,
        forfeited: Won::ZERO,
    };
    floor.expect_failures();
    let id = uuid::Uuid::from_u128(0xea);
    floor.publish(&Envelope::new(id, floor.now(), &cancelled)).await;
    floor.run_until_idle().await;
    assert_eq!(shown(&floor).await, due);
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    floor.advance(Span::hours(1)).await;
    assert_eq!(shown(&floor).await, due);
    agrees(&floor).await;
}

/// Goods that failed were sold at that price.
#[tokio::test]
async fn a_trade_that_was_inspected_stays() {
    let floor = Floor::open().await;
    let (buyer, seller) = floor.pair().await;
    let trade = paid(&floor, &buyer, &seller, 100_000).await;
    floor.inspect(trade, &seller, "mismatch").await;
    floor.run_until_idle().await;
    assert_eq!(shown(&floor).await, (vec![json!(100_000)], json!(100_000), vec![json!(1)]));
    agrees(&floor).await;
}
