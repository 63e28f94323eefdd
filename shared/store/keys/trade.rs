//! Keys of the trade table.

use domain::carrier::TrackingNumber;
use kernel::{Instant, TradeId, UserId, seoul_day};

use super::key::{ALONE, Key, in_list, listed, shards_of};

pub const TRADE_PREFIX: &str = "trade#";
pub const TRACKING_PREFIX: &str = "tracking#";
pub const PARCEL_PREFIX: &str = "parcel#";
pub const STATEMENT_PREFIX: &str = "dispute#";

#[must_use]
pub fn trade(trade: TradeId) -> Key {
    Key::new(format!("{TRADE_PREFIX}{trade}"), ALONE)
}
/// The shipment that a number stands in. It is one only.
#[must_use]
pub fn tracking(number: &TrackingNumber) -> Key {
    Key::new(format!("{TRACKING_PREFIX}{}", spelled(number)), ALONE)
}
/// What a carrier says of a trade's parcel: beside the trade's other one.
#[must_use]
pub fn parcel(trade: TradeId, number: &TrackingNumber) -> Key {
    Key::new(format!("{PARCEL_PREFIX}{trade}"), spelled(number))
}
/// One of what both sides of a dispute say, in its order.
#[must_use]
pub fn statement(trade: TradeId, number: u8) -> Key {
    Key::new(statements_of(trade), format!("{number:03}"))
}
#[must_use]
pub fn statements_of(trade: TradeId) -> String {
    format!("{STATEMENT_PREFIX}{trade}")
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
/// `gsi5` of every trade, by its state and when it entered it.
#[must_use]
pub fn trade_listed(trade: TradeId, state: &str, since: Instant) -> (String, String) {
    listed(&format!("state#{state}"), trade.uuid(), since)
}
#[must_use]
pub fn trades_listed(state: &str) -> Vec<String> {
    shards_of(&format!("state#{state}"))
}
/// One of the [`LIST_SHARDS`](super::LIST_SHARDS) partitions of these.
#[must_use]
pub fn trades_listed_in(state: &str, shard: u8) -> String {
    in_list(&format!("state#{state}"), shard)
}

/// `kr.cjlogistics#688712345678`
fn spelled(number: &TrackingNumber) -> String {
    format!("{}#{}", number.carrier().id(), number.digits())
}
