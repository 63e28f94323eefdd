//! The catalogue of products that the exchange trades: items, their options, tags.
//!
//! Promises: a model number belongs to one item at a time, whatever races; a deleted item is
//! nowhere to be seen and frees its model number; an item with live orders is not deleted; every
//! completed trade of an item counts once. A search finds whatever contains the term, in Korean
//! and English alike, moments after the item was written, and shows nothing that does not.
//!
//! Knows nothing of prices and orders: the exchange opens and closes an option's book through
//! writes that `store` offers.

mod problems;
mod staff;
mod view;

pub mod create_item;
pub mod delete_item;
pub mod edit_item;
pub mod get_item;

pub mod add_option;

pub mod create_tag;
pub mod link_tag;
pub mod list_tags;
pub mod unlink_tag;

pub mod list_hot_items;
pub mod list_items;

pub mod on_item_changed;
pub mod on_trade_completed;

#[cfg(test)]
mod tests;

use platform::Function;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &create_item::FUNCTION,
    &get_item::FUNCTION,
    &edit_item::FUNCTION,
    &delete_item::FUNCTION,
    &add_option::FUNCTION,
    &create_tag::FUNCTION,
    &list_tags::FUNCTION,
    &link_tag::FUNCTION,
    &unlink_tag::FUNCTION,
    &list_items::FUNCTION,
    &list_hot_items::FUNCTION,
    &on_item_changed::FUNCTION,
    &on_trade_completed::FUNCTION,
];
