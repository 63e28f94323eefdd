//! What an order asks of DynamoDB, outcome by outcome: a rise fails here.
//!
//! A transaction bills every item of up to 1 KB as two write units, a check like a write; an index
//! bills every entry it gains or loses as one. Of the write units below that makes:
//!
//! | outcome | number | items | index entries |
//! |---|--:|--:|--:|
//! | an ask rests | 1 | 9: 18 | 3 |
//! | a wallet's bid rests | 1 | 9: 18 | 3 |
//! | a sale meets a wallet's bid | 1 | 10: 20 | 9 |
//! | a wallet's purchase meets an ask | 1 | 10: 20 | 9 |
//! | an ask is cancelled | | 7: 14 | 4 |
//! | a wallet's bid is cancelled | | 7: 14 | 4 |

use kernel::Span;
use local::{Units, Usage};
use store::Table;

use crate::tests::fixture::{Floor, Trader};

/// A floor on which two asks and two bids rest, far apart.
struct Scales {
    floor: Floor,
    seller: Trader,
    buyer: Trader,
    before: Usage,
}

/// Round trips, transactions, then read and write units in tenths.
type Most = (u64, u64, u64, u64);

impl Scales {
    async fn new() -> Self {
        let floor = Floor::trading().await;
        let (seller, buyer) = (floor.trader().await, floor.trader().await);
        for price in [20_000, 21_000] {
            floor.rest(&seller, "sell", price).await;
        }
        for price in [10_000, 9_000] {
            floor.rest(&buyer, "buy", price).await;
        }
        println!("| operation | calls | transactions | read | write | exchange | wallet | rest |");
        println!("|---|--:|--:|--:|--:|--:|--:|--:|");
        let before = floor.cloud.usage();
        Self { floor, seller, buyer, before }
    }

    /// What was just done may cost so much at most.
    fn weigh(&mut self, what: &str, (calls, transactions, reads, writes): Most) {
        let spent = self.floor.cloud.usage().since(&self.before);
        let committed = spent.calls("dynamodb:TransactWriteItems");
        let [exchange, wallet] = [Table::Exchange, Table::Wallet].map(|of| spent.table(of).writes);
        let (read, written) = (spent.reads(), spent.writes());
        let rest = written - exchange - wallet;
        println!(
            "| {what} | {} | {committed} | {read} | {written} | {exchange} | {wallet} | {rest} |",
            spent.round_trips()
        );
        assert_eq!(committed, transactions, "{what}\n{spent}");
        assert!(spent.round_trips() <= calls, "{what}\n{spent}");
        assert!(read <= Units::tenths(reads), "{what}\n{spent}");
        assert!(written <= Units::tenths(writes), "{what}\n{spent}");
        self.before = self.floor.cloud.usage();
    }

    /// From here on it is weighed again.
    fn reset(&mut self) {
        self.before = self.floor.cloud.usage();
    }
}

#[tokio::test]
async fn orders_that_come_cost_no_more_than_this() {
    let mut scales = Scales::new().await;
    let (seller, buyer) = (scales.seller.clone(), scales.buyer.clone());

    scales.floor.rest(&seller, "sell", 30_000).await;
    scales.weigh("an ask rests", (3, 1, 90, 220));
    scales.floor.rest(&seller, "sell", 20_000).await;
    scales.weigh("an ask rests at the best price", (3, 1, 90, 220));
    scales.floor.rest(&buyer, "buy", 8_000).await;
    scales.weigh("a wallet's bid rests", (3, 1, 90, 220));
    scales.floor.take(&seller, "sell", 10_000).await;
    scales.weigh("a sale meets a wallet's bid", (5, 1, 110, 310));
    scales.floor.take(&buyer, "buy", 20_000).await;
    scales.weigh("a wallet's purchase meets an ask", (5, 1, 110, 310));
    scales.floor.rest(&seller, "sell", 10_000).await;
    scales.weigh("an ask finds an old bound, and rests", (4, 1, 100, 220));
    let refused = scales.floor.at_once("buy-now", &buyer, 1_000).await;
    refused.expect_problem(409, "price-moved");
    scales.weigh("buy-now finds no ask within its limit", (2, 0, 90, 0));
    scales.floor.place(&seller, "sell", 9_000).await.expect(201);
    scales.weigh("a sale meets another", (5, 1, 110, 310));

    let body = scales.floor.order(&seller, "sell", 40_000);
    let ask = || scales.floor.ask_under("k", "orders", &seller).json(body.clone()).send();
    ask().await.expect(201);
    let before = scales.floor.cloud.usage();
    ask().await.expect(201);
    let spent = scales.floor.cloud.usage().since(&before);
    assert_eq!((spent.round_trips(), spent.writes()), (1, Units::ZERO), "a repetition\n{spent}");
}

#[tokio::test]
async fn orders_that_leave_cost_no_more_than_this() {
    let mut scales = Scales::new().await;
    let (seller, buyer) = (scales.seller.clone(), scales.buyer.clone());
    let ask = scales.floor.rest(&seller, "sell", 30_000).await;
    let bid = scales.floor.rest(&buyer, "buy", 8_000).await;
    scales.reset();

    scales.floor.repricing(&seller, ask, 31_000).send().await.expect(200);
    scales.weigh("an ask gets another price", (5, 1, 110, 300));
    scales.floor.repricing(&buyer, bid, 7_000).send().await.expect(200);
    scales.weigh("a wallet's bid gets another price", (5, 1, 110, 300));
    scales.floor.cancel(&seller, ask).await.expect(200);
    scales.weigh("an ask is cancelled", (3, 1, 20, 180));
    scales.floor.cancel(&buyer, bid).await.expect(200);
    scales.weigh("a wallet's bid is cancelled", (3, 1, 20, 180));

    let mut body = scales.floor.order(&buyer, "buy", 8_000);
    body["expiresInDays"] = 1.into();
    let request = scales.floor.ask("orders", &buyer).json(body);
    let short = crate::tests::fixture::id_of(&request.send().await.expect(201).json());
    scales.floor.turn_past_end(short, Span::millis(0)).await;
    scales.reset();
    scales.floor.sweep().await;
    // On a full hour, when it looks a week back, and for those who were not told.
    scales.weigh("the sweep ends one bid", (20, 1, 90, 220));
    scales.floor.sweep().await;
    scales.weigh("the sweep finds nothing", (18, 0, 80, 20));
}
