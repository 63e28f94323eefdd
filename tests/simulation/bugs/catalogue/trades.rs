//! Trades from their opening to the seller's money.

use store::Table::{Outbox, Payment, Trade, Wallet};

use super::Bug;
use crate::{
    tamper::Tamper::{Omit, Renumber, Strip, Swallow, UnguardAll, Unswept},
    wire::Target,
};

const TRADE: Target = Target::put(Trade, "trade#");
/// The first offer of a second chance, until it is paid.
const OFFER: Target = TRADE.holding("\"round\":{\"N\":\"1\"}").lacking("\"paid\"");
/// What a trade gives back of it: the one write that is no put.
const REFUND: Target = Target::update(Payment, "payment#").sk("-");
const EVENT: Target = Target::put(Outbox, "");

pub const BUGS: &[Bug] = &[
    Bug {
        name: "trade-written-over",
        breaks: "two commands on one version of a trade both happen",
        // One of the two is redundant: the event is named after the version, and created.
        imitates: "shared/store/trade.rs replace: when_number(\"version\"), and outbox.rs row",
        tamper: UnguardAll(&[(TRADE, &["version"]), (EVENT, &["pk"])]),
        one_in: 1,
        speaks: &["I1", "I2", "I11", "I15"],
    },
    Bug {
        name: "trade-moved-told-as-done",
        breaks: "a command that lost to another one is told as carried out",
        imitates: "functions/trade/command.rs execute: a failed TradeWrite::Change",
        tamper: Swallow(TRADE),
        one_in: 1,
        speaks: &["I11", "I15", "I18"],
    },
    Bug {
        name: "trade-completed-unheard",
        breaks: "a trade completes and its seller is never paid",
        imitates: "shared/store/trade.rs trade: the event",
        tamper: Unswept(&Omit(&[EVENT.holding("TradeCompleted")])),
        one_in: 1,
        speaks: &["I18"],
    },
    Bug {
        name: "trade-cancelled-unheard",
        breaks: "a cancelled trade's penalty, strike and next bidder never come",
        imitates: "shared/store/trade.rs trade: the event",
        tamper: Unswept(&Omit(&[EVENT.holding("TradeCancelled")])),
        one_in: 1,
        speaks: &["I18"],
    },
    Bug {
        name: "auction-closed-unheard",
        breaks: "an auction is won and no trade opens",
        imitates: "shared/store/auction.rs auction_settle: the event",
        tamper: Unswept(&Omit(&[EVENT.holding("AuctionClosed")])),
        one_in: 1,
        speaks: &["I6", "I18"],
    },
    Bug {
        name: "trade-unknown-to-the-sweep",
        breaks: "a trade that waits for somebody is in no index: silence is never answered",
        imitates: "shared/store/trade/row.rs item: gsi3",
        tamper: Strip(TRADE, &["gsi3pk", "gsi3sk"]),
        one_in: 1,
        speaks: &["I16", "I18"],
    },
    Bug {
        name: "trade-settled-without-money",
        breaks: "a trade is marked as settled and its seller has nothing",
        imitates: "shared/store/trade.rs trade_settle: the movement",
        tamper: Omit(&[Target::any(Wallet, "").holding("settlement#")]),
        one_in: 1,
        speaks: &["I1", "I18"],
    },
    Bug {
        name: "trade-settled-and-not-marked",
        breaks: "the seller is paid and the trade does not know",
        imitates: "shared/store/trade.rs trade_settle: replace",
        tamper: Omit(&[TRADE.holding("settledAt")]),
        one_in: 1,
        speaks: &["I1", "I13", "I18"],
    },
    Bug {
        name: "trade-refunded-without-money",
        breaks: "a paid trade is cancelled and the buyer's money stays in escrow",
        imitates: "shared/domain/trade/step.rs cancel: the refund",
        tamper: Omit(&[Target::any(Wallet, "").holding("refund#")]),
        one_in: 1,
        speaks: &["I1", "I27"],
    },
    Bug {
        name: "provider-refund-never-begun",
        breaks: "what a provider took for a cancelled trade is asked back of nobody",
        imitates: "shared/store/trade.rs trade: payment_refund",
        tamper: Omit(&[REFUND]),
        one_in: 1,
        speaks: &["I27"],
    },
    Bug {
        name: "provider-refund-of-twice-as-much",
        breaks: "a provider is asked to take back twice what a trade gives back",
        imitates: "shared/store/payment.rs payment_refund: cancelAmount",
        tamper: Renumber(REFUND, "cancelAmount", (2, 0)),
        one_in: 1,
        speaks: &["I1", "I18", "I27"],
    },
    Bug {
        name: "trade-version-stands-still",
        breaks: "a change does not raise the version: a stale command fits again",
        imitates: "shared/domain/trade/step.rs entered: version",
        tamper: Renumber(TRADE, "version", (1, -1)),
        one_in: 2,
        speaks: &["I1", "I2", "I11", "I15", "I18"],
    },
    Bug {
        name: "second-chance-at-four-times-the-price",
        breaks: "whoever is asked after a win that came to nothing is asked for four times as much",
        imitates: "functions/trade/on_trade_cancelled/mod.rs pass_on: price",
        tamper: Renumber(OFFER, "price", (4, 0)),
        one_in: 1,
        speaks: &["I19"],
    },
    Bug {
        name: "penalty-not-taken",
        breaks: "the seller owes nothing for a penalty that could not be taken",
        imitates: "shared/store/ledger/rows.rs balance: add(\"penalty\")",
        tamper: Renumber(Target::update(Wallet, "wallet#").sk("-"), "penalty", (0, 0)),
        one_in: 1,
        speaks: &["I1"],
    },
];
