//! The exchange's book and its matches.

use store::Table::{Exchange, Outbox, Payment, Trade, Wallet};

use super::Bug;
use crate::{
    tamper::Tamper::{Lose, Omit, OutOfTurn, Renumber, Strip, Unguard},
    wire::Target,
};

const HEAD: Target = Target::any(Exchange, "head#");
const HEAD_UPDATE: Target = Target::update(Exchange, "head#");
const HEAD_CHECK: Target = Target::check(Exchange, "head#");
const ORDER: Target = Target::put(Exchange, "order#");
const RESTS: Target = Target::put(Exchange, "book#");
const LEAVES: Target = Target::delete(Exchange, "book#");

pub const BUGS: &[Bug] = &[
    Bug {
        name: "order-rests-without-looking",
        breaks: "an order rests though one that crosses it came to rest meanwhile",
        imitates: "shared/store/exchange/guards.rs other_head: the condition on the bound",
        tamper: OutOfTurn(&Omit(&[HEAD_CHECK])),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "order-rests-unguarded",
        breaks: "no condition on either head: whatever was read is taken for what is",
        imitates: "shared/store/exchange/guards.rs own_head and other_head",
        tamper: OutOfTurn(&Unguard(HEAD, &["bound", "top", "sequence"])),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "order-leaves-the-bound",
        breaks: "an order better than the bound rests and the bound stays",
        imitates: "shared/store/exchange/guards.rs own_head: set_number(\"bound\")",
        tamper: Omit(&[HEAD_UPDATE]),
        one_in: 2,
        speaks: &["I8"],
    },
    Bug {
        name: "order-bound-a-step-off",
        breaks: "the bound is 1000 won off the order that set it",
        imitates: "shared/store/exchange/guards.rs own_head: set_number(\"bound\")",
        tamper: Renumber(HEAD_UPDATE, "bound", (1, -1_000)),
        one_in: 2,
        speaks: &["I8", "I18"],
    },
    Bug {
        name: "order-matched-twice",
        breaks: "an order that another one has just met is met again",
        imitates: "shared/store/exchange.rs leaves and change: their conditions",
        tamper: Unguard(Target::any(Exchange, ""), &["pk", "state", "trade", "top", "bound"]),
        one_in: 1,
        // The hold refuses the second one, and the answer is an error of ours: "log".
        speaks: &["I8", "I10", "I11", "I15", "log"],
    },
    Bug {
        name: "order-met-and-still-open",
        breaks: "the order that is met is not told: it stays open and rests nowhere",
        imitates: "shared/store/exchange.rs order: OrderWrite::Counterpart",
        tamper: Omit(&[ORDER.holding("#trade")]),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "order-met-and-still-in-the-book",
        breaks: "an order that was met or ended still rests in the book",
        imitates: "shared/store/exchange.rs leaves",
        tamper: Omit(&[LEAVES]),
        one_in: 2,
        speaks: &["I8"],
    },
    Bug {
        name: "order-open-and-not-in-the-book",
        breaks: "an open order rests nowhere: nobody can meet it",
        imitates: "shared/store/exchange.rs rests",
        tamper: Omit(&[RESTS]),
        one_in: 3,
        speaks: &["I8"],
    },
    Bug {
        name: "order-rests-at-another-price",
        breaks: "the book shows an order 1000 won away from what was ordered",
        imitates: "shared/store/exchange/row.rs book_item: the price",
        tamper: Renumber(RESTS, "price", (1, 1_000)),
        one_in: 2,
        speaks: &["I8"],
    },
    Bug {
        name: "match-without-a-trade",
        breaks: "two orders meet and no trade comes of it",
        imitates: "shared/store/trade.rs trade_opening: the trade's row",
        tamper: Omit(&[Target::put(Trade, "trade#").holding("exchange")]),
        one_in: 1,
        speaks: &["I8", "I16"],
    },
    Bug {
        name: "match-that-nobody-hears-of",
        breaks: "the event of a match is missing from its transaction",
        imitates: "shared/store/trade.rs trade_opening: the event",
        tamper: Omit(&[Target::put(Outbox, "").holding("TradeMatched")]),
        one_in: 1,
        speaks: &["I18", "I12", "I13"],
    },
    Bug {
        name: "order-holds-nothing",
        breaks: "a wallet order rests and its money is not held under its name",
        imitates: "shared/store/ledger.rs hold: the hold's row",
        tamper: Omit(&[Target::put(Wallet, "hold#")]),
        one_in: 2,
        speaks: &["I10", "I13", "I18"],
    },
    Bug {
        name: "order-holds-too-little",
        breaks: "the hold's row says 1000 won less than what was taken for it",
        imitates: "shared/store/ledger/rows.rs new_hold: won(\"amount\")",
        tamper: Renumber(Target::put(Wallet, "hold#"), "amount", (1, -1_000)),
        one_in: 2,
        speaks: &["I1", "I10", "I13"],
    },
    Bug {
        name: "reprice-leaves-the-old-hold",
        breaks: "an order gets another price, and its hold's row still says what it was",
        imitates: "shared/store/ledger/rows.rs changed_hold",
        tamper: Omit(&[Target::update(Wallet, "hold#").holding("SET #amount")]),
        one_in: 1,
        speaks: &["I1", "I10", "I13"],
    },
    Bug {
        name: "order-ends-and-keeps-the-money",
        breaks: "an order is cancelled and what it held is never given back",
        imitates: "shared/store/exchange.rs order_end: the release",
        tamper: Omit(&[Target::any(Wallet, "").holding("release#")]),
        one_in: 1,
        speaks: &["I1", "I10"],
    },
    Bug {
        name: "card-bid-not-counted",
        breaks: "a bid waits for a card and its owner's count does not know",
        imitates: "shared/store/payment_method.rs card_bid: the count",
        tamper: Omit(&[Target::update(Payment, "user#").sk("card-bids")]),
        one_in: 2,
        speaks: &["I14", "I13", "I18"],
    },
    Bug {
        name: "order-of-one-key-twice",
        breaks: "a double click places the order twice: its row is written over",
        imitates: "shared/store/exchange.rs order: Write::create",
        tamper: Unguard(ORDER, &["pk"]),
        one_in: 1,
        // As above: the hold is a second guard.
        speaks: &["I8", "I10", "I11", "log"],
    },
    Bug {
        name: "order-that-never-expires",
        breaks: "an open order is in no index: the sweep never ends it",
        imitates: "shared/store/exchange/row.rs order_item: gsi2",
        tamper: Strip(ORDER, &["gsi2pk", "gsi2sk"]),
        one_in: 1,
        speaks: &["I16", "I18"],
    },
    Bug {
        name: "depth-of-one-price-lost",
        breaks: "the market shows a depth that the book does not have",
        imitates: "shared/store/exchange/depth.rs: the recount's write",
        tamper: Lose(Target::any(Exchange, "depth#")),
        one_in: 3,
        speaks: &["I14"],
    },
    Bug {
        name: "print-without-its-trade",
        breaks: "a paid trade is missing from the instrument's history",
        imitates: "shared/store/exchange/recent_trades.rs: the print's row",
        tamper: Lose(Target::any(Exchange, "prints#")),
        one_in: 2,
        speaks: &["I14"],
    },
];
