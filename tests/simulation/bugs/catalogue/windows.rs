//! Windows: one guard less, which nobody misses unless two calls meet in one place.

use store::Table::{Auction, Exchange, Outbox, Payment, Trade};

use super::Bug;
use crate::{
    tamper::Tamper::{Beside, Blank, Eventual, Unguard, UnguardAll},
    wire::Target,
};

/// The update that an accepted bid (or a void) is.
const BID: Target = Target::update(Auction, "head#").holding("\"#rc\"");
/// The update by which a seller takes an auction back.
const CANCEL: Target = Target::update(Auction, "head#").holding("\"#why\"");
/// A trade as it is to be, and the event of the command: named after the version, it guards the
/// version as well.
const TRADE: Target = Target::put(Trade, "trade#");
const EVENT: Target = Target::put(Outbox, "");
/// An order as it is to be, and what it leaves in the book.
const ORDER: Target = Target::put(Exchange, "order#");
const LEAVES: Target = Target::delete(Exchange, "book#");
/// That an admin judges the bids of an auction: with every void, and with nothing else.
const JUDGE: Target = Target::put(Auction, "auction#").sk("judge#");
/// One more bid that waits for a card.
const CARD_BID: Target =
    Target::update(Payment, "user#").sk("card-bids").holding("attribute_not_exists");

pub const BUGS: &[Bug] = &[
    Bug {
        name: "window-bid-and-close",
        breaks: "a bid that was decided before the end is written after it",
        imitates: "shared/store/auction/head.rs advance: when_text(\"st\")",
        tamper: Unguard(BID, &["st"]),
        one_in: 1,
        speaks: &["I4", "I5", "I6", "I7", "I15", "I17"],
    },
    Bug {
        name: "window-cancel-and-first-bid",
        breaks: "a seller takes back an auction on which somebody has just bid",
        imitates: "shared/store/auction.rs auction_cancelling: when_number(\"q\")",
        tamper: Unguard(CANCEL, &["q"]),
        one_in: 1,
        speaks: &["I4", "I6", "I7", "I15", "I17"],
    },
    Bug {
        name: "window-ring-and-recorder",
        breaks: "the head forgets the keys of its bids, and a repetition that comes before the \
                 recorder is another bid",
        imitates: "shared/store/auction/head.rs encode_moving: (\"rk\", ...)",
        tamper: Blank(BID, "rk"),
        one_in: 1,
        speaks: &["I7", "I11", "I17"],
    },
    Bug {
        name: "window-pay-and-cancel",
        breaks: "a trade is paid that somebody has just cancelled",
        imitates: "shared/store/trade.rs replace: when_number(\"version\"), of a payment",
        tamper: UnguardAll(&[
            (TRADE.holding("\"awaiting_shipment\""), &["version"]),
            (EVENT.holding("TradeMoved"), &["pk"]),
        ]),
        one_in: 1,
        speaks: &["I1", "I2", "I13", "I15", "I18"],
    },
    Bug {
        name: "window-ship-and-cancel",
        breaks: "a trade is shipped that somebody has just cancelled",
        imitates: "shared/store/trade.rs replace: when_number(\"version\"), of a shipment",
        tamper: UnguardAll(&[
            (TRADE.holding("\"in_transit\""), &["version"]),
            (EVENT.holding("TradeMoved"), &["pk"]),
        ]),
        one_in: 1,
        speaks: &["I1", "I2", "I13", "I15", "I18"],
    },
    Bug {
        name: "window-session-and-bid",
        breaks: "a bid is taken whose session has just ended: the look at it is a moment old",
        imitates: "shared/store/auction.rs bid_context: strictly(Table::Session)",
        tamper: Eventual("dynamodb:BatchGetItem", "\"session#"),
        one_in: 1,
        speaks: &["I22"],
    },
    Bug {
        name: "window-card-bids-at-once",
        breaks: "bids by card that come together are more than may wait for cards",
        imitates: "shared/store/payment_method.rs card_bid: when_absent_or(\"count\")",
        tamper: Unguard(CARD_BID, &["count", "won"]),
        one_in: 1,
        speaks: &["I23"],
    },
    Bug {
        name: "window-take-back-and-match",
        breaks: "an order is taken back that somebody has just met",
        // The row in the book, which the match has taken away, says it as well.
        imitates: "shared/store/exchange.rs change and leaves, of an end",
        tamper: UnguardAll(&[
            (ORDER.holding("\"cancelled\""), &["state", "place", "trade"]),
            (LEAVES, &["pk"]),
        ]),
        one_in: 1,
        speaks: &["I8", "I10", "I11", "I13", "I15", "I18"],
    },
    Bug {
        name: "window-reprice-and-match",
        breaks: "an order gets another price that somebody has just met",
        imitates: "shared/store/exchange.rs change and leaves, of a new price",
        tamper: UnguardAll(&[
            (ORDER.holding("\"state\":{\"S\":\"open\"}"), &["state", "place", "trade"]),
            (LEAVES, &["pk"]),
        ]),
        one_in: 1,
        speaks: &["I8", "I10", "I11", "I13", "I15", "I18"],
    },
    Bug {
        name: "window-void-and-bid",
        breaks: "a bid is taken back on a head from before the newest bid, which is lost",
        imitates: "shared/store/auction.rs auction_advancing: when_number(\"q\"), of a void",
        tamper: Beside(JUDGE, &Unguard(BID, &["q"])),
        one_in: 1,
        speaks: &["I4", "I7", "I17"],
    },
];
