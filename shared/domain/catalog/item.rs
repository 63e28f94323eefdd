//! A product, as the catalogue knows it.

use std::collections::BTreeSet;

use kernel::{CatalogItemId, Instant};

use super::{Images, ItemName, ItemOption, Model, ReleaseDate, ReleasePrice, Tag};
use crate::search::Text;

/// How many options there are at all.
pub const OPTIONS_MAX: usize = 24;
/// How many tags an item has at most.
pub const TAGS_MAX: u32 = 10;

/// A product and everything that hangs on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogItem {
    pub id: CatalogItemId,
    pub facts: ItemFacts,
    /// The sizes it comes in, in the order of shops. They only become more.
    pub options: BTreeSet<ItemOption>,
    pub tags: BTreeSet<Tag>,
    pub created_at: Instant,
    /// Rises with every change but the counting of trades.
    pub version: u32,
    /// How many trades of it were completed, over all options.
    pub completed_trades: u32,
    /// Nobody sees it any more; its model number is free again.
    pub deleted: bool,
}

/// What an admin says about a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFacts {
    pub name_ko: ItemName,
    pub name_en: ItemName,
    pub model: Model,
    pub release_date: Option<ReleaseDate>,
    pub release_price: Option<ReleasePrice>,
    pub images: Images,
}

impl CatalogItem {
    /// A new item: no options, no tags, no trades.
    #[must_use]
    pub const fn new(id: CatalogItemId, facts: ItemFacts, now: Instant) -> Self {
        Self {
            id,
            facts,
            options: BTreeSet::new(),
            tags: BTreeSet::new(),
            created_at: now,
            version: 1,
            completed_trades: 0,
            deleted: false,
        }
    }

    /// By what it is found: both names and the model number.
    #[must_use]
    pub fn text(&self) -> Text {
        let ItemFacts { name_ko, name_en, model, .. } = &self.facts;
        Text::of(&[name_ko.as_str(), name_en.as_str(), model.as_str()])
    }

    /// The item once it is deleted.
    #[must_use]
    pub fn delete(&self) -> Self {
        Self { deleted: true, version: self.version.saturating_add(1), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_options_as_the_limit_says() {
        assert_eq!(ItemOption::all().count(), OPTIONS_MAX);
    }
}
