//! The lists of items: newest, hot, with a tag, found by a part of a name.

use domain::{
    catalog::{CatalogItem, Tag},
    search::{Term, Text},
};
use kernel::CatalogItemId;

use super::{item_of, row};
use crate::{Corrupt, Item, ItemReader, Page, Position, Query, Store, StoreError, Table, keys};

impl Store {
    /// A page of items, newest first.
    pub async fn catalog_newest(
        &self,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<CatalogItem>, StoreError> {
        let query = Query::of(Table::Catalog, keys::CATALOG_ITEMS, limit).index(1);
        let page = self.query(query.newest_first().after(after)).await?;
        Ok(page.try_map(|item| row::read(&item))?)
    }

    /// The items with the most completed trades, one at least, the newer first of equals.
    pub async fn catalog_hot(&self, limit: u32) -> Result<Vec<CatalogItem>, StoreError> {
        let query = Query::of(Table::Catalog, keys::CATALOG_HOT, limit).index(2).newest_first();
        let query = query.between(keys::catalog_hot_from(1), keys::CATALOG_HOT_END);
        let page = self.query(query).await?.try_map(|item| row::read(&item))?;
        Ok(page.items)
    }

    /// A page of the items with a tag, the one linked last first.
    pub async fn catalog_tagged(
        &self,
        tag: &Tag,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<CatalogItem>, StoreError> {
        let query = Query::of(Table::Catalog, keys::tagged_with(tag), limit).index(1);
        let page = self.query(query.newest_first().after(after)).await?;
        let Page { items, next } = page.try_map(|link| item_of(&link))?;
        Ok(Page { items: self.catalog_items(&items).await?, next })
    }

    /// A page of the items whose names or model number contain `term`, newest first. `limit` is
    /// what the page looks at: it may find fewer, even none.
    pub async fn catalog_search(
        &self,
        term: &Term,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<CatalogItem>, StoreError> {
        let query = Query::of(Table::Catalog, keys::grams(&term.bigram()), limit);
        let page = self.query(query.newest_first().after(after)).await?;
        let Page { items, next } = page.try_map(|row| hit(&row, term))?;
        let found: Vec<CatalogItemId> = items.into_iter().flatten().collect();
        let mut items = self.catalog_items(&found).await?;
        // The index follows the items a moment later; what is shown must hold what was asked for.
        items.retain(|item| item.text().contains(term));
        Ok(Page { items, next })
    }
}

/// The item of a row of the index, if it holds the term.
fn hit(row: &Item, term: &Term) -> Result<Option<CatalogItemId>, Corrupt> {
    let text = Text::stored(ItemReader(row).text("text")?.to_owned());
    text.contains(term).then(|| item_of(row)).transpose()
}
