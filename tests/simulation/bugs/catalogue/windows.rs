//! Windows: one guard less, which nobody misses unless two calls meet in one place.

use store::Table::{Auction, Exchange, Wallet};

use super::Bug;
use crate::{
    tamper::Tamper::{Blank, Eventual, Omit, Unguard, UnguardAll},
    wire::Target,
};

/// The update that an accepted bid (or a void) is.
const BID: Target = Target::update(Auction, "head#").holding("\"#rc\"");
/// The update by which a seller takes an auction back.
const CANCEL: Target = Target::update(Auction, "head#").holding("\"#why\"");
/// The update that finds the bound of the other side too good.
const TIGHTEN: Target =
    Target::update(Exchange, "head#").holding("#bound = :").lacking("lastPlace");
/// The update by which an order comes to rest.
const RESTS: Target = Target::update(Exchange, "head#").holding("lastPlace");
/// An order that is taken back.
const TAKEN_BACK: Target = Target::put(Exchange, "order#").holding("\"cancelled\"");

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
        name: "window-order-and-newcomer",
        breaks: "an order is met though a better one came to rest at the bound meanwhile",
        imitates: "shared/store/exchange/guards.rs other_head: when_number(\"top\")",
        tamper: Unguard(Target::any(Exchange, "head#"), &["top"]),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "window-bound-and-book",
        breaks: "the bound is tightened past an order that came to rest since the book was read",
        imitates: "shared/store/exchange/guards.rs other_head: when_number(\"sequence\")",
        tamper: Unguard(TIGHTEN, &["sequence"]),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "window-bound-and-bound",
        breaks: "two orders that improve a side at once, and the later one's bound is the worse",
        imitates: "shared/store/exchange/guards.rs own_head: its conditions",
        tamper: Unguard(RESTS, &["bound", "sequence"]),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "window-half-a-transaction",
        breaks: "the order that the head counts and the book does not show yet is passed over (F7)",
        imitates: "shared/store/exchange/guards.rs unseen",
        tamper: Omit(&[Target::check(Exchange, "book#")]),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "window-old-book",
        breaks: "the book behind a head is read as it was a moment ago",
        imitates: "shared/store/exchange.rs book_best: consistent()",
        tamper: Eventual("dynamodb:Query", "\"book#"),
        one_in: 1,
        speaks: &["I8"],
    },
    Bug {
        name: "window-cancel-and-match",
        breaks: "an order that another one has just met is taken back, deposit and all",
        imitates: "shared/store/exchange.rs order_end: change and leaves",
        tamper: UnguardAll(&[
            (TAKEN_BACK, &["state", "trade"]),
            (Target::delete(Exchange, "book#"), &["pk"]),
            (Target::any(Wallet, "").holding("hold#"), &["state"]),
        ]),
        one_in: 1,
        speaks: &["I1", "I8", "I10", "I11", "I13", "I15"],
    },
    Bug {
        name: "window-count-and-count",
        breaks: "of two who count one price of the book, the one who read first writes last",
        imitates: "shared/store/exchange/depth.rs after: when_number(\"version\")",
        tamper: Unguard(Target::any(Exchange, "depth#"), &["version"]),
        one_in: 1,
        speaks: &["I14"],
    },
    Bug {
        name: "window-quotes-and-quotes",
        breaks: "of two who look for the best prices, the one who looked first writes last",
        imitates: "shared/store/exchange/quotes.rs looked: after",
        tamper: Unguard(Target::any(Exchange, "quotes#"), &["version"]),
        one_in: 1,
        speaks: &["I14"],
    },
    Bug {
        name: "window-worker-and-worker",
        breaks: "two workers have one withdrawal in hand and write over each other",
        imitates: "shared/store/wallet.rs changed: state and attempts",
        tamper: Unguard(
            Target::update(Wallet, "wallet#").sk("withdrawal#"),
            &["state", "attempts"],
        ),
        one_in: 1,
        speaks: &["I1", "I10", "I13", "I15", "I18"],
    },
];
