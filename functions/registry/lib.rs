//! Everything the product answers and works on: one flat list, and what is derived from it.
//!
//! The list is plain concatenation. Whoever needs to know all functions (the template, the API
//! reference, the local gateway, the coverage tests) iterates it; nobody registers anything.

mod event_map;
mod found_again;
mod openapi;
mod template;
mod yaml;

#[cfg(test)]
mod tests;

use platform::Function;

pub use event_map::{consumers, events_page, tellers};
pub use found_again::{FOUND_AGAIN, Finder, FoundAgain};
pub use openapi::openapi;
pub use template::{Api, Stack, apis_block, outputs_block, stacks, stacks_block, tables_block};

/// A bounded context: one crate, one binary, one log group, one tag of the API reference.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub name: &'static str,
    /// One sentence for the API reference.
    pub summary: &'static str,
    /// The context's static itself. A const would bring along every closure that it points to, to
    /// be compiled once more in this crate.
    pub functions: &'static &'static [&'static Function],
}

/// The contexts, in the order in which a newcomer meets them.
pub const CONTEXTS: &[Context] = &[
    Context {
        name: "identity",
        summary: "Accounts: sign-up, log-in, tokens, profile, roles, blocked users.",
        functions: &identity::FUNCTIONS,
    },
    Context {
        name: "auction",
        summary: "English auctions: proxy bids, soft close, buy now, a ledger anyone can verify.",
        functions: &auction::FUNCTIONS,
    },
    Context {
        name: "catalog",
        summary: "Products that the exchange trades: items, options, tags, search, hot items.",
        functions: &catalog::FUNCTIONS,
    },
    Context {
        name: "exchange",
        summary: "Asks and bids on catalogue items, matched by price and time; market views.",
        functions: &exchange::FUNCTIONS,
    },
    Context {
        name: "wallet",
        summary: "Money: balance, history, payout account, withdrawals, audit.",
        functions: &wallet::FUNCTIONS,
    },
    Context {
        name: "payment",
        summary: "Money in through Toss and KakaoPay: top-ups, trades, refunds, webhooks.",
        functions: &payment::FUNCTIONS,
    },
    Context {
        name: "trade",
        summary: "From a won auction to the settlement: payment, shipment, second chance.",
        functions: &trade::FUNCTIONS,
    },
    Context {
        name: "notification",
        summary: "What happened to a user: the notification centre, text messages, e-mails.",
        functions: &notification::FUNCTIONS,
    },
    Context {
        name: "operation",
        summary: "Health, the outbox, the API reference, the answer to everything unknown.",
        functions: &operation::FUNCTIONS,
    },
];

/// Every function of the product.
#[must_use]
pub fn functions() -> Vec<&'static Function> {
    CONTEXTS.iter().flat_map(|context| context.functions.iter().copied()).collect()
}
