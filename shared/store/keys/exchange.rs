//! Keys of the exchange table: heads, the book, orders, and what the market looks like.

use domain::{
    catalog::ItemOption,
    exchange::{BookSide, Instrument, Side, views::Bucket},
};
use kernel::{CatalogItemId, Instant, OrderId, TradeId, UserId, seoul_day};

use super::key::{ALONE, Key};

/// One side's head: the condition of everything that comes to rest or is met there.
#[must_use]
pub fn exchange_head(item: CatalogItemId, option: ItemOption, side: Side) -> Key {
    Key::new(format!("{EXCHANGE_HEAD_PREFIX}{item}#{option}#{}", side.as_str()), ALONE)
}
pub const EXCHANGE_HEAD_PREFIX: &str = "head#";

/// Where orders take their number: an item of its own, so that taking one meets no transaction.
#[must_use]
pub fn exchange_numbers(item: CatalogItemId, option: ItemOption) -> Key {
    Key::new(format!("numbers#{item}#{option}"), ALONE)
}

/// Whose turn it is on an instrument, beside the heads and in no transaction.
#[must_use]
pub fn exchange_turn(item: CatalogItemId, option: ItemOption) -> Key {
    Key::new(format!("turn#{item}#{option}"), ALONE)
}

/// Every partition of resting orders begins with this: what the stream filter matches.
pub const BOOK_PREFIX: &str = "book#";

/// The orders that rest on one side, by how soon they are served.
#[must_use]
pub fn book_of(item: CatalogItemId, option: ItemOption, side: Side) -> String {
    format!("{BOOK_PREFIX}{item}#{option}#{}", side.as_str())
}
/// A resting order's place. Prices have 12 digits at most.
#[must_use]
pub fn book(of: BookSide, price: i64, priority: u32) -> Key {
    let BookSide { instrument: Instrument { item, option }, side } = of;
    Key::new(book_of(item, option, side), format!("{}#{priority:010}", book_price(side, price)))
}
/// The beginning of the places of all orders that rest at one price.
#[must_use]
pub fn book_level(side: Side, price: i64) -> String {
    format!("{}#", book_price(side, price))
}
/// A price so that what is served sooner sorts first.
#[must_use]
pub fn book_price(side: Side, price: i64) -> String {
    const TURN: i64 = 999_999_999_999;
    match side {
        Side::Sell => format!("{price:012}"),
        Side::Buy => format!("{:012}", TURN - price),
    }
}

#[must_use]
pub fn order(order: OrderId) -> Key {
    Key::new(format!("{ORDER_PREFIX}{order}"), ALONE)
}
pub const ORDER_PREFIX: &str = "order#";
/// `gsi1`: a user's orders in one state, oldest first.
#[must_use]
pub fn orders_of(user: UserId, state: &str) -> String {
    format!("owner#{user}#{state}")
}
/// The place of an order in that list.
#[must_use]
pub fn order_placed(order: OrderId, at: Instant) -> String {
    format!("{at}#{order}")
}
/// `gsi2` of open orders, by the (Seoul) day and instant of their expiry. Left when over.
#[must_use]
pub fn orders_expiring(order: OrderId, at: Instant) -> (String, String) {
    (orders_expiring_on(at), format!("{at}#{order}"))
}
#[must_use]
pub fn orders_expiring_on(day: Instant) -> String {
    format!("expiring#{}", seoul_day(day))
}
/// `gsi2` of expired orders whose owner was not told yet, by the (Seoul) day and instant of their
/// end.
#[must_use]
pub fn orders_untold(order: OrderId, at: Instant) -> (String, String) {
    (orders_untold_on(at), format!("{at}#{order}"))
}
#[must_use]
pub fn orders_untold_on(day: Instant) -> String {
    format!("expired#{}", seoul_day(day))
}

/// How many orders rest at each price of one side.
#[must_use]
pub fn depth_of(item: CatalogItemId, option: ItemOption, side: Side) -> String {
    format!("{DEPTH_PREFIX}{item}#{option}#{}", side.as_str())
}
pub const DEPTH_PREFIX: &str = "depth#";
#[must_use]
pub fn depth(of: BookSide, price: i64) -> Key {
    let BookSide { instrument: Instrument { item, option }, side } = of;
    Key::new(depth_of(item, option, side), book_price(side, price))
}

/// `gsi1` of prices at which orders rest, by how soon they are served. Left when none does.
#[must_use]
pub fn depth_shown(of: BookSide, price: i64) -> (String, String) {
    let BookSide { instrument: Instrument { item, option }, side } = of;
    (depth_of(item, option, side), book_price(side, price))
}

/// The best prices and the last trade of each option of an item.
#[must_use]
pub fn quotes_of(item: CatalogItemId) -> String {
    format!("{QUOTES_PREFIX}{item}")
}
pub const QUOTES_PREFIX: &str = "quotes#";
#[must_use]
pub fn quotes(item: CatalogItemId, option: ItemOption) -> Key {
    Key::new(quotes_of(item), option.as_str())
}

/// Paid trades of an instrument, oldest first.
#[must_use]
pub fn recent_trades_of(item: CatalogItemId, option: ItemOption) -> String {
    format!("{RECENT_TRADES_PREFIX}{item}#{option}")
}
pub const RECENT_TRADES_PREFIX: &str = "prints#";
#[must_use]
pub fn recent_trade(instrument: Instrument, at: Instant, trade: TradeId) -> Key {
    let Instrument { item, option } = instrument;
    Key::new(recent_trades_of(item, option), format!("{at}#{trade}"))
}

/// The bars of an instrument's chart, oldest first.
#[must_use]
pub fn candles_of(item: CatalogItemId, option: ItemOption, bucket: Bucket) -> String {
    format!("{CANDLES_PREFIX}{item}#{option}#{}", bucket.as_str())
}
pub const CANDLES_PREFIX: &str = "candles#";
#[must_use]
pub fn candle(instrument: Instrument, bucket: Bucket, start: Instant) -> Key {
    let Instrument { item, option } = instrument;
    Key::new(candles_of(item, option, bucket), start.to_string())
}

pub const ALERTS_PREFIX: &str = "alerts#";

pub const ALERTED_PREFIX: &str = "alerted#";

/// Who wants to be told of an instrument's best ask, by price.
#[must_use]
pub fn alerts_of(item: CatalogItemId, option: ItemOption) -> String {
    format!("{ALERTS_PREFIX}{item}#{option}")
}
#[must_use]
pub fn alert(instrument: Instrument, price: i64, user: UserId) -> Key {
    let Instrument { item, option } = instrument;
    Key::new(alerts_of(item, option), format!("{price:012}#{user}"))
}
/// The places of the alerts that an ask at `price` reaches.
#[must_use]
pub fn alerts_reached(price: i64) -> (String, String) {
    (format!("{price:012}"), "~".to_owned())
}
/// How many alerts a user has.
#[must_use]
pub fn alert_count(user: UserId) -> Key {
    Key::new(alerts_by(user), "count")
}
/// The place of an alert among its user's, oldest first.
#[must_use]
pub fn alert_created(instrument: Instrument, price: i64, at: Instant) -> String {
    let Instrument { item, option } = instrument;
    format!("{at}#{item}#{option}#{price:012}")
}
/// `gsi1`: a user's alerts.
#[must_use]
pub fn alerts_by(user: UserId) -> String {
    format!("{ALERTED_PREFIX}{user}")
}

/// What a partition names that begins with `prefix` and is one side of an instrument.
#[must_use]
pub fn side_at(pk: &str, prefix: &str) -> Option<BookSide> {
    let (instrument, side) = pk.strip_prefix(prefix)?.rsplit_once('#')?;
    Some(instrument_at(instrument)?.side(Side::parse(side)?))
}
/// What the key of a row of quotes names.
#[must_use]
pub fn quotes_at(key: &Key) -> Option<Instrument> {
    let item = key.pk.strip_prefix(QUOTES_PREFIX)?.parse().ok()?;
    Some(Instrument { item, option: key.sk.parse().ok()? })
}
/// What a partition of prints names.
#[must_use]
pub fn prints_at(pk: &str) -> Option<Instrument> {
    instrument_at(pk.strip_prefix(RECENT_TRADES_PREFIX)?)
}
/// What a partition of bars names.
#[must_use]
pub fn candles_at(pk: &str) -> Option<(Instrument, Bucket)> {
    let (instrument, bucket) = pk.strip_prefix(CANDLES_PREFIX)?.rsplit_once('#')?;
    Some((instrument_at(instrument)?, Bucket::parse(bucket)?))
}
fn instrument_at(text: &str) -> Option<Instrument> {
    let (item, option) = text.split_once('#')?;
    Some(Instrument { item: item.parse().ok()?, option: option.parse().ok()? })
}
