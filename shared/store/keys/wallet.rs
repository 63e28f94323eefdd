//! Keys of the wallet table: balances and their history, the journal, holds, withdrawals.

use kernel::{Instant, TradeId, UserId, WithdrawalId, seoul_day};

use super::key::{ALONE, Key, listed, shard_of, shards_of};

/// A user's balances.
#[must_use]
pub fn wallet(user: UserId) -> Key {
    Key::new(wallet_of(user), ALONE)
}
#[must_use]
pub fn wallet_of(user: UserId) -> String {
    format!("{WALLET_PREFIX}{user}")
}
pub const WALLET_PREFIX: &str = "wallet#";
/// A line of a user's wallet history, by time.
#[must_use]
pub fn wallet_line(user: UserId, at: Instant, reason: &str) -> Key {
    Key::new(wallet_of(user), format!("{WALLET_LINE_PREFIX}{at}#{reason}"))
}
pub const WALLET_LINE_PREFIX: &str = "line#";

/// Money that may not leave before `until`, brought by the movement of this reason.
#[must_use]
pub fn wallet_lock(user: UserId, until: Instant, reason: &str) -> Key {
    Key::new(wallet_of(user), format!("{WALLET_LOCK_PREFIX}{until}#{reason}"))
}
pub const WALLET_LOCK_PREFIX: &str = "lock#";

/// What a trade holds between payment and settlement.
#[must_use]
pub fn escrow(trade: TradeId) -> Key {
    Key::new(format!("{ESCROW_PREFIX}{trade}"), ALONE)
}
pub const ESCROW_PREFIX: &str = "escrow#";

/// What is owed for a cancelled trade's penalty.
#[must_use]
pub fn debt(trade: TradeId) -> Key {
    Key::new(format!("{DEBT_PREFIX}{trade}"), ALONE)
}
pub const DEBT_PREFIX: &str = "debt#";
/// Open debts are spread over this many index partitions, all of a debtor's in one.
const DEBT_SHARDS: u8 = 4;
/// `gsi1` of a debt, oldest first. Left when nothing is owed any more.
#[must_use]
pub fn debt_born(trade: TradeId, debtor: UserId, born: Instant) -> (String, String) {
    let shard = shard_of(debtor.uuid(), DEBT_SHARDS);
    (format!("debts#{shard}"), format!("{born}#{trade}"))
}
pub fn debt_shards() -> impl Iterator<Item = String> {
    (0..DEBT_SHARDS).map(|shard| format!("debts#{shard}"))
}

/// A journal entry, under its reason: the same reason cannot move money twice.
#[must_use]
pub fn journal(reason: &str) -> Key {
    Key::new(format!("{JOURNAL_PREFIX}{reason}"), ALONE)
}
pub const JOURNAL_PREFIX: &str = "journal#";
/// A day's entries are spread over this many index partitions.
const JOURNAL_SHARDS: u8 = 8;
/// `gsi1`: a part of the journal of a (Seoul) day, in order.
#[must_use]
pub fn journal_day(reason: &str, at: Instant) -> (String, String) {
    let shard = reason.bytes().fold(0, u8::wrapping_add) % JOURNAL_SHARDS;
    (format!("day#{}#{shard}", seoul_day(at)), format!("{at}#{reason}"))
}

/// Money set aside, under the name of what it is set aside for.
#[must_use]
pub fn hold(subject: &str) -> Key {
    Key::new(format!("{HOLD_PREFIX}{subject}"), ALONE)
}
pub const HOLD_PREFIX: &str = "hold#";

/// Where a user's withdrawals go.
#[must_use]
pub fn payout_account(user: UserId) -> Key {
    Key::new(wallet_of(user), "payout-account")
}
/// One of a user's withdrawals, oldest first.
#[must_use]
pub fn withdrawal(user: UserId, id: WithdrawalId) -> Key {
    Key::new(wallet_of(user), format!("{WITHDRAWAL_PREFIX}{id}"))
}
pub const WITHDRAWAL_PREFIX: &str = "withdrawal#";

/// Unfinished withdrawals are spread over this many index partitions.
const WITHDRAWING_SHARDS: u8 = 4;
/// `gsi1` of unfinished withdrawals, by when they are due. Left when finished.
#[must_use]
pub fn withdrawing(id: WithdrawalId, due: Instant) -> (String, String) {
    let shard = shard_of(id.uuid(), WITHDRAWING_SHARDS);
    (format!("withdrawing#{shard}"), format!("{due}#{id}"))
}
/// The largest sort key of what is due by `now`.
#[must_use]
pub fn withdrawing_until(now: Instant) -> String {
    format!("{now}~")
}
pub fn withdrawing_shards() -> impl Iterator<Item = String> {
    (0..WITHDRAWING_SHARDS).map(|shard| format!("withdrawing#{shard}"))
}

/// `gsi2` of every withdrawal, by its state and when it was asked for.
#[must_use]
pub fn withdrawal_listed(id: WithdrawalId, state: &str, asked: Instant) -> (String, String) {
    listed(&format!("withdrawals#{state}"), id.uuid(), asked)
}
#[must_use]
pub fn withdrawals_listed(state: &str) -> Vec<String> {
    shards_of(&format!("withdrawals#{state}"))
}
