//! Live English auctions: created, bid on, closed once, provable afterwards.
//!
//! Promises: every bid gets a definitive answer; an acknowledged bid is in the ledger; the end is
//! decided by the write condition, never by who looked first; the outcome is told exactly once.
//! Knows nothing of payment or messages: it tells `AuctionClosed` and `OutBid` and is done.

#[cfg(test)]
mod tests;

use platform::Function;

mod bidding;
mod closing;
mod head_consumer;
mod live;
mod memory;
mod on_head;
mod receipt;
mod refusal;
mod staff;
mod view;

pub mod create_auction;
pub mod get_auction;
pub mod list_auctions;

pub mod buy_now;
pub mod place_bid;

pub mod list_bids;
pub mod list_my_bids;
pub mod read_ledger;
pub mod read_price;
pub mod read_receipt;
pub mod stream_price;

pub mod list_watches;
pub mod unwatch_auction;
pub mod watch_auction;

pub mod cancel_auction;
pub mod void_bid;

pub mod arm_close;
pub mod close_auction;
pub mod on_auction_created;
pub mod on_head_changed;
pub mod sweep_due_auctions;
pub mod sweep_ending_auctions;

pub static FUNCTIONS: &[&Function] = &[
    &create_auction::FUNCTION,
    &get_auction::FUNCTION,
    &list_auctions::FUNCTION,
    &place_bid::FUNCTION,
    &buy_now::FUNCTION,
    &list_bids::FUNCTION,
    &list_my_bids::FUNCTION,
    &read_receipt::FUNCTION,
    &read_ledger::FUNCTION,
    &stream_price::FUNCTION,
    &read_price::FUNCTION,
    &watch_auction::FUNCTION,
    &unwatch_auction::FUNCTION,
    &list_watches::FUNCTION,
    &cancel_auction::FUNCTION,
    &void_bid::FUNCTION,
    &on_auction_created::FUNCTION,
    &arm_close::FUNCTION,
    &close_auction::FUNCTION,
    &sweep_due_auctions::FUNCTION,
    &sweep_ending_auctions::FUNCTION,
    &on_head_changed::FUNCTION,
];
