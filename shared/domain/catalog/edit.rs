//! Changing what is said about an item.

use super::{CatalogItem, Images, ItemName, Model, ReleaseDate, ReleasePrice};

/// What is to be different; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemEdit {
    pub name_ko: Option<ItemName>,
    pub name_en: Option<ItemName>,
    pub model: Option<Model>,
    /// `Some(None)` takes the date away.
    pub release_date: Option<Option<ReleaseDate>>,
    /// `Some(None)` takes the price away.
    pub release_price: Option<Option<ReleasePrice>>,
    pub images: Option<Images>,
}

/// The item is not at the version that the edit was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the item is at version {current}")]
pub struct Stale {
    pub current: u32,
}

/// The item after an edit, at the next version when anything is different. `expected` is the
/// version the admin saw, when told.
pub fn edit(
    item: &CatalogItem,
    edit: ItemEdit,
    expected: Option<u32>,
) -> Result<CatalogItem, Stale> {
    if expected.is_some_and(|version| version != item.version) {
        return Err(Stale { current: item.version });
    }
    let mut after = item.clone();
    let facts = &mut after.facts;
    replace(&mut facts.name_ko, edit.name_ko);
    replace(&mut facts.name_en, edit.name_en);
    replace(&mut facts.model, edit.model);
    replace(&mut facts.release_date, edit.release_date);
    replace(&mut facts.release_price, edit.release_price);
    replace(&mut facts.images, edit.images);
    if after != *item {
        after.version = after.version.saturating_add(1);
    }
    Ok(after)
}

fn replace<T>(place: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *place = new;
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Instant, Won};

    use super::*;
    use crate::catalog::ItemFacts;

    fn shoe() -> CatalogItem {
        let facts = ItemFacts {
            name_ko: "덩크".parse().unwrap(),
            name_en: "Dunk".parse().unwrap(),
            model: "DD1391-100".parse().unwrap(),
            release_date: Some("2026-11-21".parse().unwrap()),
            release_price: None,
            images: Images::new(vec!["a".to_owned()]).unwrap(),
        };
        let id = Id::from_uuid(uuid::Uuid::from_u128(1));
        CatalogItem { version: 3, ..CatalogItem::new(id, facts, Instant::from_millis(0)) }
    }

    #[test]
    fn what_is_not_different_changes_nothing() {
        let same = ItemEdit { name_ko: Some(shoe().facts.name_ko), ..ItemEdit::default() };
        let none = ItemEdit { release_price: Some(None), ..ItemEdit::default() };
        for nothing in [ItemEdit::default(), same, none] {
            assert_eq!(edit(&shoe(), nothing.clone(), None), Ok(shoe()), "{nothing:?}");
            assert_eq!(edit(&shoe(), nothing.clone(), Some(3)), Ok(shoe()), "{nothing:?}");
        }
    }

    #[test]
    fn every_field_changes_and_the_version_rises_once() {
        let price = ReleasePrice::try_from(Won::constant(139_000)).unwrap();
        let all = ItemEdit {
            name_ko: Some("조던".parse().unwrap()),
            name_en: Some("Jordan".parse().unwrap()),
            model: Some("CZ0790".parse().unwrap()),
            release_date: Some(None),
            release_price: Some(Some(price)),
            images: Some(Images::default()),
        };
        let after = edit(&shoe(), all, Some(3)).unwrap();
        assert_eq!(after.version, 4);
        let facts = ItemFacts {
            name_ko: "조던".parse().unwrap(),
            name_en: "Jordan".parse().unwrap(),
            model: "CZ0790".parse().unwrap(),
            release_date: None,
            release_price: Some(price),
            images: Images::default(),
        };
        assert_eq!(after.facts, facts);
        assert_eq!(CatalogItem { facts: shoe().facts, version: 3, ..after }, shoe());
    }

    #[test]
    fn a_stale_version_is_refused() {
        for seen in [0, 2, 4] {
            let stale = Err(Stale { current: 3 });
            assert_eq!(edit(&shoe(), ItemEdit::default(), Some(seen)), stale);
        }
    }

    #[test]
    fn deleting_is_a_change() {
        let gone = shoe().delete();
        assert_eq!((gone.deleted, gone.version), (true, 4));
    }
}
