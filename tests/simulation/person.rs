//! Somebody at the market.

use std::collections::BTreeSet;

use domain::identity::Role;
use kernel::{SessionId, UserId};
use serde_json::Value;

/// What somebody is at the market for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Seller,
    Bidder,
    Trader,
    Inspector,
    Admin,
    /// Toss, whose webhooks tell of payments: late, twice, in any order.
    Provider,
}

impl Part {
    /// Of a thousand steps of such a one, how many gather others.
    pub const fn gathers(self) -> u32 {
        match self {
            Self::Seller => 150,
            Self::Bidder | Self::Trader => 70,
            Self::Inspector | Self::Admin | Self::Provider => 0,
        }
    }
}

/// Somebody with an account, an address and, some, a card.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: UserId,
    pub roles: &'static [Role],
    /// Under which log-in they act; `None`: one that nobody ends.
    pub session: Option<SessionId>,
    pub address: Value,
    pub card: Option<Value>,
}

/// Accounts in one hand.
#[derive(Clone, Debug)]
pub struct Hand {
    pub name: String,
    pub members: BTreeSet<UserId>,
}
