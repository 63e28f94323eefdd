//! Keys of the catalogue table: items, model numbers, tags, what a search looks up.

use domain::catalog::{ItemOption, Model, Tag};
use kernel::{CatalogItemId, Instant, TradeId};

use super::key::{ALONE, Key};

/// Everything of one item: the item, its options and tags, what a search finds it by.
fn catalog_item_of(item: CatalogItemId) -> String {
    format!("item#{item}")
}

#[must_use]
pub fn catalog_item(item: CatalogItemId) -> Key {
    Key::new(catalog_item_of(item), ALONE)
}

/// The place of an item among others, newest last.
fn catalog_order(item: CatalogItemId, at: Instant) -> String {
    format!("{at}#{item}")
}

/// `gsi1` of items, newest last. Left when deleted.
#[must_use]
pub fn catalog_items(item: CatalogItemId, created_at: Instant) -> (String, String) {
    (CATALOG_ITEMS.to_owned(), catalog_order(item, created_at))
}
pub const CATALOG_ITEMS: &str = "items";

/// `gsi2` of items by completed trades, the most traded last, the newer later. Left when deleted.
#[must_use]
pub fn catalog_hot(item: CatalogItemId, created_at: Instant, trades: u32) -> (String, String) {
    let order = catalog_order(item, created_at);
    (CATALOG_HOT.to_owned(), format!("{trades:010}#{order}"))
}
pub const CATALOG_HOT: &str = "hot";
/// Behind every item there.
pub const CATALOG_HOT_END: &str = ":";
/// Before every item with so many trades.
#[must_use]
pub fn catalog_hot_from(trades: u32) -> String {
    format!("{trades:010}")
}

pub const MODEL_PREFIX: &str = "model#";

/// Tells which item has a model number; one row per number makes it unique.
#[must_use]
pub fn catalog_model(model: &Model) -> Key {
    Key::new(format!("{MODEL_PREFIX}{}", model.canonical()), ALONE)
}

/// An option of an item; one row per pair makes it unique.
#[must_use]
pub fn catalog_option(item: CatalogItemId, option: ItemOption) -> Key {
    Key::new(catalog_item_of(item), format!("option#{option}"))
}

/// A tag, among all tags by name.
#[must_use]
pub fn tag(tag: &Tag) -> Key {
    Key::new(TAGS, tag.as_str())
}
pub const TAGS: &str = "tags";

/// A tag on an item.
#[must_use]
pub fn tag_link(item: CatalogItemId, tag: &Tag) -> Key {
    Key::new(catalog_item_of(item), format!("tag#{tag}"))
}
/// `gsi1` of tags on items: a tag's items, the one linked last being last.
#[must_use]
pub fn tagged(tag: &Tag, item: CatalogItemId, at: Instant) -> (String, String) {
    (tagged_with(tag), catalog_order(item, at))
}
#[must_use]
pub fn tagged_with(tag: &Tag) -> String {
    format!("tagged#{tag}")
}

pub const GRAM_PREFIX: &str = "gram#";

/// An item under two neighbouring letters of its names or model number, newest last.
#[must_use]
pub fn gram(bigram: &str, item: CatalogItemId, created_at: Instant) -> Key {
    Key::new(grams(bigram), catalog_order(item, created_at))
}
#[must_use]
pub fn grams(bigram: &str) -> String {
    format!("{GRAM_PREFIX}{bigram}")
}
/// Which [`gram`] rows an item may have.
#[must_use]
pub fn gram_list(item: CatalogItemId) -> Key {
    Key::new(catalog_item_of(item), "grams")
}

pub const COUNTED_PREFIX: &str = "counted#";

/// Says that a trade was counted.
#[must_use]
pub fn counted_trade(trade: TradeId) -> Key {
    Key::new(format!("{COUNTED_PREFIX}{trade}"), ALONE)
}
