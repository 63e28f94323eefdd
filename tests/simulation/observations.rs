//! What the market's people remember of what they were promised.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Instant, SessionId, UserId};
use serde_json::Value;

/// An auction as somebody knows it.
#[derive(Clone, Debug)]
pub struct KnownAuction {
    pub id: String,
    pub seller: UserId,
    pub ends_at: Instant,
    /// The last price anybody told of.
    pub minimum: i64,
    pub buy_now: Option<i64>,
}

/// An accepted bid, as the answer says.
#[derive(Clone, Debug)]
pub struct Promise {
    pub auction: String,
    pub bidder: UserId,
    pub sequence: u32,
    pub bid: String,
    pub price: i64,
    pub received_at: Instant,
    /// Under which log-in it was asked; `None`: one that nobody ends.
    pub session: Option<SessionId>,
    /// Logical times of the request and of its answer.
    pub asked: u64,
    pub answered: u64,
}

/// A bid that was refused as too low.
#[derive(Clone, Debug)]
pub struct TooLow {
    pub auction: String,
    /// The least bid, as the refusal says.
    pub minimum: i64,
    pub answered: u64,
}

/// A request that has an effect, under its key.
#[derive(Clone, Debug, Default)]
pub struct Keyed {
    /// Every success that was answered: status and body.
    pub answers: Vec<(u16, Value)>,
    /// Whether any request was sent whose outcome the sender does not know.
    pub unknown: bool,
}

#[derive(Debug, Default)]
pub struct Observations {
    pub auctions: Vec<KnownAuction>,
    pub promises: Vec<Promise>,
    pub refused: Vec<TooLow>,
    /// By user, route (a path with its ids) and key.
    pub keys: BTreeMap<(UserId, String, String), Keyed>,
    /// Payments that were begun at Toss, by our order id.
    pub toss_orders: Vec<String>,
    /// Orders of the exchange, with their owners.
    pub orders: Vec<(UserId, String)>,
    /// Orders at a price that was typed wrong, with the price that was meant.
    pub slips: BTreeMap<String, i64>,
    /// Who asked for the end of an auction, whatever came of it.
    pub cancels: BTreeSet<(String, UserId)>,
    /// When it was answered, in logical time, that a session is over.
    pub log_outs: BTreeMap<SessionId, u64>,
    /// Bids by their ids, for an admin to look at.
    pub bids: Vec<(String, String)>,
}
