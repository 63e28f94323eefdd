//! Windows: one guard less, which nobody misses unless two calls meet in one place.

use store::Table::{Auction, Outbox, Trade};

use super::Bug;
use crate::{
    tamper::Tamper::{Blank, Unguard, UnguardAll},
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
        imitates: "shared/store/auction/head.rs encode_moving: bytes(\"rk\")",
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
];
