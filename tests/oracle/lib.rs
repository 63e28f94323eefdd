//! The rules a second time: what an auction, a fee, a deposit and a penalty come to, written from
//! the text of the rules alone.
//!
//! Promises: no line of the product is used here, so that a rule which is wrong there is not wrong
//! here as well. Knows nothing of rows, hashes, requests and money that moves: amounts are whole
//! won in an `i64`, instants milliseconds in an `i64`, and people numbers that are only compared.
//!
//! The judge of the simulated market replays committed ledgers by it; `agreement` plays random
//! auctions on it and on the product side by side.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "this is test code")
)]

mod increments;
mod ledger;
mod money;
mod saleroom;
mod second_chance;

pub use increments::increment;
pub use ledger::{AcceptedBid, Purpose, rebuilt, taken_back};
pub use money::{
    CARD_BIDS_MAX, CARD_BIDS_WON_MAX, Misconduct, SoldBy, ask_deposit, buyer_fee, card_bid_deposit,
    penalty, seller_fee,
};
pub use saleroom::{Leading, Lot, Objection, Phase, RAISES_MAX, Saleroom, Taken, Tender};
pub use second_chance::{OFFERS_MAX, next_offer};

/// The largest amount that there is, in won.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;

/// Somebody: compared with others, never looked into.
pub type Who = u128;
