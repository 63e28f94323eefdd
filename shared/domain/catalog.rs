//! The catalogue of products that the exchange trades (`rules.md`, "Exchange").
//!
//! Promises: a value of [`ItemName`], [`Model`], [`ReleaseDate`], [`ReleasePrice`], [`Images`],
//! [`Tag`] or [`ItemOption`] is well-formed, since there is no other way to make one.

mod edit;
mod images;
mod item;
mod option;
mod release;
mod words;

pub use edit::{ItemEdit, Stale, edit};
pub use images::{IMAGES_MAX, Images, InvalidImages};
pub use item::{CatalogItem, ItemFacts, OPTIONS_MAX, TAGS_MAX};
pub use option::{ItemOption, UnknownOption};
pub use release::{InvalidReleaseDate, InvalidReleasePrice, ReleaseDate, ReleasePrice};
pub use words::{InvalidItemName, InvalidModel, InvalidTag, ItemName, Model, Tag};
