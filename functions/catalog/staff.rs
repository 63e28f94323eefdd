//! What staff did to the catalogue, for the entry that is written with it.

use domain::catalog::CatalogItem;
use kernel::{CatalogItemId, Instant};
use platform::{App, Caller, staff::Changed};
use store::staff::StaffAct;

/// Something about an item that was `before`, and is `after`.
pub struct ItemChange {
    pub item: CatalogItemId,
    pub before: String,
    pub after: String,
}

/// The entry of what `caller` does to an item.
pub fn act(app: &App, caller: &Caller, change: ItemChange, now: Instant) -> StaffAct {
    let ItemChange { item, before, after } = change;
    let whom = format!("item#{item}");
    platform::staff::act(app, caller, Changed { whom, why: None, before, after }, now)
}

/// What is said of an item.
pub fn told(item: &CatalogItem) -> String {
    let facts = &item.facts;
    let price = facts.release_price.map_or_else(String::new, |price| price.won().to_string());
    let date = facts.release_date.map_or_else(String::new, |date| date.to_string());
    let words = [facts.name_ko.as_str(), facts.name_en.as_str(), facts.model.as_str()];
    let images = facts.images.keys().join(" ");
    format!("{} · {date} · {price} · {images}", words.join(" · "))
}
