//! The only place that spells keys and index names.

mod catalog;
mod exchange;
mod money;
mod payment;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::identity::Claim;
use kernel::{
    AddressId, AuctionId, Instant, NotificationId, PaymentId, SessionId, TradeId, UserId, seoul_day,
};
use uuid::Uuid;

use crate::Item;

pub use catalog::*;
pub use exchange::*;
pub use money::*;
pub use payment::*;

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

/// The sort key of an item that is alone in its partition.
const ALONE: &str = "-";
/// Pending outbox rows are spread over this many index partitions.
const OUTBOX_SHARDS: u8 = 8;

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key as attributes.
    #[must_use]
    pub fn item(&self) -> HashMap<String, AttributeValue> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        HashMap::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }

    /// The key of an item that was read.
    #[must_use]
    pub fn of(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
        Some(Self { pk: text("pk")?, sk: text("sk")? })
    }
}

// ── outbox ──────────────────────────────────────────────────────────────────────────────────────

#[must_use]
pub fn outbox(id: Uuid) -> Key {
    Key::new(id.to_string(), ALONE)
}

/// `gsi1`: pending rows by age.
#[must_use]
pub fn outbox_pending(id: Uuid, at: Instant) -> (String, String) {
    let shard = id.as_bytes().last().map_or(0, |byte| byte % OUTBOX_SHARDS);
    (format!("pending#{shard}"), format!("{at}#{id}"))
}

pub fn outbox_shards() -> impl Iterator<Item = String> {
    (0..OUTBOX_SHARDS).map(|shard| format!("pending#{shard}"))
}

// ── operation ───────────────────────────────────────────────────────────────────────────────────

#[must_use]
pub fn lease(job: &str) -> Key {
    Key::new(format!("lease#{job}"), ALONE)
}

#[must_use]
pub fn idempotency(user: UserId, route: &str, key: &str) -> Key {
    Key::new(format!("idempotency#{user}#{route}#{key}"), ALONE)
}

/// A counter of `what` for `whom` (an account, an address) in one window of time.
#[must_use]
pub fn rate(what: &str, whom: &str) -> Key {
    Key::new(format!("rate#{what}#{whom}"), ALONE)
}

// ── auction ─────────────────────────────────────────────────────────────────────────────────────

/// Every head's partition begins with this: what the bid recorder's stream filter matches.
pub const AUCTION_HEAD_PREFIX: &str = "head#";

/// The hot item, alone in its partition.
#[must_use]
pub fn auction_head(auction: AuctionId) -> Key {
    Key::new(format!("{AUCTION_HEAD_PREFIX}{auction}"), ALONE)
}

/// What the auction is about: title, description, terms.
#[must_use]
pub fn auction(auction: AuctionId) -> Key {
    Key::new(format!("auction#{auction}"), ALONE)
}

/// `gsi1` of running auctions, newest last. Left at the end.
#[must_use]
pub fn auctions_running(auction: AuctionId) -> (String, String) {
    (AUCTIONS_RUNNING.to_owned(), auction.to_string())
}
pub const AUCTIONS_RUNNING: &str = "running";

/// `gsi2` of running auctions by the (Seoul) day and instant of their end: what the closing sweep
/// and the "ending soon" list read. Left when closed.
#[must_use]
pub fn auctions_ending(auction: AuctionId, ends_at: Instant) -> (String, String) {
    (auctions_ending_on(ends_at), format!("{ends_at}#{auction}"))
}
#[must_use]
pub fn auctions_ending_on(day: Instant) -> String {
    format!("ending#{}", seoul_day(day))
}

/// One accepted bid, in its bidder's partition under the hash of its idempotency key: one read
/// tells whether a request is a repetition.
#[must_use]
pub fn bid(bidder: UserId, auction: AuctionId, key: &str) -> Key {
    Key::new(bids_by(bidder), format!("bid#{auction}#{key}"))
}
#[must_use]
pub fn bids_by(bidder: UserId) -> String {
    format!("bidder#{bidder}")
}
pub const BID_PREFIX: &str = "bid#";

/// A void entry of the ledger, which is nobody's bid.
#[must_use]
pub fn void(auction: AuctionId, sequence: u32) -> Key {
    Key::new(format!("auction#{auction}"), format!("void#{sequence:010}"))
}

/// `gsi1` of bids: an auction's ledger in order.
#[must_use]
pub fn ledger(auction: AuctionId, sequence: u32) -> (String, String) {
    (ledger_of(auction), format!("{sequence:010}"))
}
#[must_use]
pub fn ledger_of(auction: AuctionId) -> String {
    format!("ledger#{auction}")
}

/// Who blocked this bidder, and their unpaid wins.
#[must_use]
pub fn standing(bidder: UserId) -> Key {
    Key::new(bids_by(bidder), "standing")
}

/// An auction on a user's watch list.
#[must_use]
pub fn watch(user: UserId, auction: AuctionId) -> Key {
    Key::new(watches_of(user), format!("{WATCH_PREFIX}{auction}"))
}
#[must_use]
pub fn watches_of(user: UserId) -> String {
    format!("watcher#{user}")
}
pub const WATCH_PREFIX: &str = "watch#";

// ── identity ────────────────────────────────────────────────────────────────────────────────────

/// Everything of one user: the account, its sessions, whom it blocked.
#[must_use]
pub fn user(user: UserId) -> String {
    format!("user#{user}")
}

#[must_use]
pub fn account(of: UserId) -> Key {
    Key::new(user(of), "account")
}

/// Tells whose a name is; one item per name makes it unique.
#[must_use]
pub fn claim(claim: &Claim) -> Key {
    Key::new(format!("{}#{}", claim.kind().as_str(), claim.canonical()), ALONE)
}

#[must_use]
pub fn session(of: UserId, session: SessionId) -> Key {
    Key::new(user(of), format!("session#{session}"))
}

#[must_use]
pub fn block(by: UserId, blocked: UserId) -> Key {
    Key::new(user(by), format!("{BLOCK_PREFIX}{blocked}"))
}
pub const BLOCK_PREFIX: &str = "block#";

// ── notification ────────────────────────────────────────────────────────────────────────────────

/// A user's notifications, oldest first.
#[must_use]
pub fn notification(user: UserId, id: NotificationId) -> Key {
    Key::new(notifications_of(user), id.to_string())
}
#[must_use]
pub fn notifications_of(user: UserId) -> String {
    format!("user#{user}")
}

/// The name of the winner's text message: one per auction and winner.
#[must_use]
pub fn won_message(auction: AuctionId, winner: UserId) -> String {
    format!("auction-won#{auction}#{winner}")
}
/// The name of a payment reminder's text message: one per trade and reminder.
#[must_use]
pub fn payment_reminder_message(trade: TradeId, event: Uuid) -> String {
    format!("payment-reminder#{trade}#{event}")
}
/// The name of the welcome mail: one per user.
#[must_use]
pub fn welcome_message(user: UserId) -> String {
    format!("welcome#{user}")
}

const MESSAGE_PREFIX: &str = "message#";
/// Unsent messages are spread over this many index partitions.
const UNSENT_SHARDS: u8 = 4;

/// A message to a phone or mailbox, under its name.
#[must_use]
pub fn message(name: &str) -> Key {
    Key::new(format!("{MESSAGE_PREFIX}{name}"), ALONE)
}
/// The name in a message's key.
#[must_use]
pub fn message_name(key: &Key) -> Option<&str> {
    key.pk.strip_prefix(MESSAGE_PREFIX)
}

/// `gsi1` of messages that are not finished, by when they are due. Left when finished.
#[must_use]
pub fn unsent(name: &str, due: Instant) -> (String, String) {
    let shard = name.bytes().fold(0, u8::wrapping_add) % UNSENT_SHARDS;
    (format!("unsent#{shard}"), format!("{due}#{name}"))
}
/// The largest sort key of what is due by `now`.
#[must_use]
pub fn unsent_until(now: Instant) -> String {
    format!("{now}~")
}
pub fn unsent_shards() -> impl Iterator<Item = String> {
    (0..UNSENT_SHARDS).map(|shard| format!("unsent#{shard}"))
}

/// How many messages were attempted over `channel` on a (Seoul) day.
#[must_use]
pub fn budget(channel: &str, day: &str) -> Key {
    Key::new(format!("budget#{channel}#{day}"), ALONE)
}

// ── trade ───────────────────────────────────────────────────────────────────────────────────────

#[must_use]
pub fn trade(trade: TradeId) -> Key {
    Key::new(format!("trade#{trade}"), ALONE)
}
/// `gsi1`: a seller's trades, newest last.
#[must_use]
pub fn trades_sold(seller: UserId) -> String {
    format!("seller#{seller}")
}
/// `gsi2`: a buyer's trades, newest last.
#[must_use]
pub fn trades_bought(buyer: UserId) -> String {
    format!("buyer#{buyer}")
}
/// The place of a trade in both lists.
#[must_use]
pub fn trade_order(trade: TradeId, created_at: Instant) -> String {
    format!("{created_at}#{trade}")
}
/// `gsi3` of trades that wait for somebody, by the (Seoul) day and instant at which they are looked
/// at again. Left when nobody is waited for.
#[must_use]
pub fn trades_due(trade: TradeId, due: Instant) -> (String, String) {
    (trades_due_on(due), format!("{due}#{trade}"))
}
#[must_use]
pub fn trades_due_on(day: Instant) -> String {
    format!("due#{}", seoul_day(day))
}
/// `gsi4` of trades on their way through the inspection centre, by state, oldest first. Left when
/// the centre has nothing more to do.
#[must_use]
pub fn trades_inspected(trade: TradeId, state: &str, since: Instant) -> (String, String) {
    (trades_inspected_in(state), format!("{since}#{trade}"))
}
#[must_use]
pub fn trades_inspected_in(state: &str) -> String {
    format!("inspection#{state}")
}

// ── address book (identity) ─────────────────────────────────────────────────────────────────────

#[must_use]
pub fn address(of: UserId, address: AddressId) -> Key {
    Key::new(user(of), format!("{ADDRESS_PREFIX}{address}"))
}
pub const ADDRESS_PREFIX: &str = "address#";
/// How many addresses a user keeps.
#[must_use]
pub fn address_count(of: UserId) -> Key {
    Key::new(user(of), "addresses")
}

// ── payment ─────────────────────────────────────────────────────────────────────────────────────

/// Unresolved payments are spread over this many index partitions.
const UNRESOLVED_SHARDS: u8 = 4;

#[must_use]
pub fn payment(payment: PaymentId) -> Key {
    Key::new(format!("payment#{payment}"), ALONE)
}

/// `gsi1`: a user's payments, oldest first.
#[must_use]
pub fn payments_of(user: UserId) -> String {
    format!("payer#{user}")
}

/// `gsi2` of payments that somebody confirms or cancels, by the end of the claim. Left when done.
#[must_use]
pub fn payment_unresolved(payment: PaymentId, until: Instant) -> (String, String) {
    let shard = payment.uuid().as_bytes().last().map_or(0, |byte| byte % UNRESOLVED_SHARDS);
    (format!("unresolved#{shard}"), format!("{until}#{payment}"))
}
/// The largest sort key of what nobody is at by `now`.
#[must_use]
pub fn unresolved_until(now: Instant) -> String {
    format!("{now}~")
}
pub fn unresolved_shards() -> impl Iterator<Item = String> {
    (0..UNRESOLVED_SHARDS).map(|shard| format!("unresolved#{shard}"))
}
