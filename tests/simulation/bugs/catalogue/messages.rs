//! Events and messages on their way.

use store::Table::Outbox;

use super::Bug;
use crate::{
    tamper::Tamper::{Acknowledge, Lose, LoseCall, Skip, Unswept},
    wire::Target,
};

pub const BUGS: &[Bug] = &[
    Bug {
        name: "bus-never-told",
        breaks: "the relay marks events as published that the bus never got",
        imitates: "shared/messaging/publish.rs publish: FailedEntryCount",
        tamper: LoseCall("events:PutEvents"),
        one_in: 4,
        speaks: &["I7", "I18"],
    },
    Bug {
        name: "outbox-never-completed",
        breaks: "published events stay pending and are published for ever",
        imitates: "shared/store/outbox.rs outbox_complete",
        // One in three would be mended by the next sweep: told twice, which is allowed.
        tamper: Lose(Target::update(Outbox, "")),
        one_in: 1,
        speaks: &["I13", "I18"],
    },
    Bug {
        name: "recorder-acknowledges-failures",
        breaks: "a change of a head whose recording failed is taken off the stream",
        imitates: "shared/platform/stream.rs consume: batchItemFailures",
        tamper: Acknowledge("lambda:auction-on-head-changed"),
        one_in: 1,
        speaks: &["I6", "I7", "I18"],
    },
    Bug {
        name: "settlement-acknowledged-unpaid",
        breaks: "a settlement that failed is deleted from its queue",
        imitates: "shared/platform/queue.rs consume: batchItemFailures",
        tamper: Unswept(&Acknowledge("lambda:trade-settle-trade")),
        one_in: 1,
        speaks: &["I18"],
    },
    Bug {
        name: "settlement-skipped",
        breaks: "one settlement of three is acknowledged before its effect",
        imitates: "functions/trade/settle_trade/mod.rs handle",
        tamper: Unswept(&Skip("lambda:trade-settle-trade")),
        one_in: 3,
        speaks: &["I18"],
    },
    Bug {
        name: "closed-auction-skipped",
        breaks: "one won auction of three opens no trade",
        imitates: "functions/trade/on_auction_closed/mod.rs handle",
        tamper: Unswept(&Skip("lambda:trade-on-auction-closed")),
        one_in: 3,
        speaks: &["I6", "I18"],
    },
    Bug {
        name: "relay-skips-rows",
        breaks: "the relay skips rows of the stream, and no sweep comes after it",
        imitates: "functions/operation/relay_outbox/mod.rs handle",
        tamper: Skip("lambda:operation-relay-outbox"),
        one_in: 1,
        speaks: &["I13", "I18"],
    },
    Bug {
        name: "returned-ask-skipped",
        breaks: "an ask whose buyer's card was refused does not return to the book",
        imitates: "functions/exchange/on_trade_cancelled/mod.rs handle",
        tamper: Unswept(&Skip("lambda:exchange-on-trade-cancelled")),
        one_in: 1,
        speaks: &["I18"],
    },
    Bug {
        name: "cancelled-trade-skipped",
        breaks: "one cancelled trade of two has no consequences",
        imitates: "functions/trade/on_trade_cancelled/mod.rs handle",
        tamper: Unswept(&Skip("lambda:trade-on-trade-cancelled")),
        one_in: 2,
        speaks: &["I18"],
    },
];
