//! Keys of the notification table: notifications, messages to phones and mailboxes, budgets.

use kernel::{AuctionId, Instant, NotificationId, TradeId, UserId};
use uuid::Uuid;

use super::key::{ALONE, Key};

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

pub const MESSAGE_PREFIX: &str = "message#";
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
