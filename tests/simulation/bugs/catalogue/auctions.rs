//! Bids and the ends of auctions.

use store::Table::Auction;

use super::Bug;
use crate::{
    tamper::Tamper::{Lose, Omit, Renumber, Strip, Swallow, Unguard},
    wire::Target,
};

/// The update that an accepted bid (or a void) is.
const BID: Target = Target::update(Auction, "head#").holding("\"#rc\"");
/// The update that ends an auction without a bid.
const END: Target = Target::update(Auction, "head#").lacking("\"#rc\"");
/// A row of the ledger.
const ENTRY: Target = Target::put(Auction, "bidder#").sk("bid#");
/// The auction's own row.
const ROW: Target = Target::update(Auction, "auction#");

pub const BUGS: &[Bug] = &[
    Bug {
        name: "bid-forgets-the-sequence",
        breaks: "two bids on one state of the head are both accepted; the later erases the other",
        imitates: "shared/store/auction.rs auction_advance: when_number(\"q\")",
        tamper: Unguard(BID, &["q"]),
        one_in: 1,
        speaks: &["I4", "I7", "I17"],
    },
    Bug {
        name: "bid-revives-a-closed-auction",
        breaks: "a bid that was decided on an older head is written over the end of the auction",
        imitates: "shared/store/auction.rs auction_advance: all three conditions",
        tamper: Unguard(BID, &["q", "st", "e"]),
        one_in: 1,
        speaks: &["I4", "I6", "I7", "I15", "I17"],
    },
    Bug {
        name: "bid-lost-race-told-as-won",
        breaks: "a bidder whose write failed is told that the bid was accepted",
        imitates: "functions/auction/bidding.rs write: the arm of CommitError::Condition",
        tamper: Swallow(BID),
        one_in: 1,
        speaks: &["I7", "I17"],
    },
    Bug {
        name: "bid-answered-before-the-write",
        breaks: "one bid of seven is answered with 201 and never written",
        imitates: "functions/auction/bidding.rs submit: created() without the write",
        tamper: Lose(BID),
        one_in: 7,
        speaks: &["I7", "I17"],
    },
    Bug {
        name: "bid-price-a-won-short",
        breaks: "the head keeps a price one won below the ledger's",
        imitates: "shared/store/auction/head.rs encode_moving: (\"p\", ...)",
        tamper: Renumber(BID, "p", (1, -1)),
        one_in: 3,
        speaks: &["I4", "I14", "I17"],
    },
    Bug {
        name: "bid-maximum-a-step-short",
        breaks: "the proxy gives up 100 won before the bidder's maximum",
        imitates: "shared/store/auction/head.rs encode_moving: (\"lm\", ...)",
        tamper: Renumber(BID, "lm", (1, -100)),
        one_in: 1,
        speaks: &["I4", "I14", "I17"],
    },
    Bug {
        name: "bid-count-of-two",
        breaks: "every bid counts twice",
        imitates: "shared/store/auction/head.rs encode_moving: (\"n\", ...)",
        tamper: Renumber(BID, "n", (2, 0)),
        one_in: 2,
        speaks: &["I14", "I17"],
    },
    Bug {
        name: "bid-moves-the-end-by-a-minute",
        breaks: "the head's end is a minute later than the ledger says",
        imitates: "shared/store/auction/head.rs encode_moving: (\"e\", ...)",
        tamper: Renumber(BID, "e", (1, 60_000)),
        one_in: 4,
        speaks: &["I4", "I5", "I14", "I17"],
    },
    Bug {
        name: "ledger-row-lost",
        breaks: "the recorder loses one ledger row of five and goes on",
        imitates: "shared/store/auction.rs ledger_record",
        tamper: Lose(ENTRY),
        one_in: 5,
        speaks: &["I7"],
    },
    Bug {
        name: "ledger-row-of-another-amount",
        breaks: "the ledger says that 100 won more were bid",
        imitates: "shared/store/auction/ledger.rs encode: won(\"a\")",
        tamper: Renumber(ENTRY, "a", (1, 100)),
        one_in: 3,
        speaks: &["I4", "I7", "I14"],
    },
    Bug {
        name: "auction-without-a-head",
        breaks: "an auction is listed that nobody can bid on",
        imitates: "shared/store/auction.rs auction_opening: the head",
        tamper: Omit(&[Target::put(Auction, "head#")]),
        one_in: 3,
        speaks: &["I16"],
    },
    Bug {
        name: "auction-outcome-never-written",
        breaks: "the outcome's event leaves and the auction's row does not know it",
        imitates: "shared/store/auction.rs auction_settle: the update of the row",
        tamper: Omit(&[ROW]),
        one_in: 2,
        speaks: &["I6", "I18"],
    },
    Bug {
        name: "auction-ended-on-an-old-head",
        breaks: "an end that was decided on an older head stands, whatever was bid since",
        imitates: "shared/store/auction.rs auction_end and auction_cancel: when_number(\"q\")",
        tamper: Unguard(END, &["q", "e"]),
        one_in: 1,
        speaks: &["I4", "I5", "I6", "I7", "I17"],
    },
    Bug {
        name: "auction-unknown-to-the-sweep",
        breaks: "a running auction is in no index: no sweep and no list finds it",
        imitates: "shared/store/auction/row.rs item: gsi1 and gsi2",
        tamper: Strip(Target::put(Auction, "auction#"), &["gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"]),
        one_in: 1,
        speaks: &["I16", "I18"],
    },
];
