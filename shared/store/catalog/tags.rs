//! Tags, and which items have them.

use domain::catalog::{TAGS_MAX, Tag};
use kernel::{CatalogItemId, Instant};

use super::{CatalogWrite, row};
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Label, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys, staff::StaffAct,
};

/// A tag that items can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRow {
    pub tag: Tag,
    pub created_at: Instant,
}

/// Why a tag was not put on an item, or not taken off.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("there is no such item")]
    NoItem,
    #[error("there is no such tag")]
    NoTag,
    #[error("the item has the tag already")]
    Linked,
    #[error("the item has {TAGS_MAX} tags")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The transaction that creates a tag; its one condition is that there is none such.
#[must_use]
pub fn tag_creation(tag: &Tag, now: Instant) -> Transaction {
    let item = ItemWriter::under(&keys::tag(tag)).instant("createdAt", now).item();
    Transaction::new().write_as(CatalogWrite::Tag, Write::create(Table::Catalog, item))
}

impl Store {
    pub async fn tag_exists(&self, tag: &Tag) -> Result<bool, StoreError> {
        Ok(self.get(Table::Catalog, &keys::tag(tag), Read::Consistent).await?.is_some())
    }

    /// A page of all tags, by name.
    pub async fn tags(
        &self,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<TagRow>, StoreError> {
        let query = Query::of(Table::Catalog, keys::TAGS, limit).after(after);
        Ok(self.query(query).await?.try_map(|item| tag_row(&item))?)
    }

    /// Puts a tag on an item.
    pub async fn tag_link(
        &self,
        item: CatalogItemId,
        tag: &Tag,
        act: &StaffAct,
        now: Instant,
    ) -> Result<(), LinkError> {
        let (list, order) = keys::tagged(tag, item, now);
        let link = ItemWriter::under(&keys::tag_link(item, tag))
            .text("item", item.to_string())
            .text("gsi1pk", list)
            .text("gsi1sk", order)
            .item();
        let full = i64::from(TAGS_MAX);
        let on_item = row::live(item)
            .add_text("tags", tag.as_str())
            .add("tagCount", 1)
            .add("version", 1)
            .when_absent_or("tagCount", "<", full);
        let known = Write::check(Table::Catalog, keys::tag(tag)).if_present("pk");
        let transaction = Transaction::new()
            .write_as(CatalogWrite::Item, on_item)
            .write_as(CatalogWrite::Tag, known)
            .write_as(CatalogWrite::Link, Write::create(Table::Catalog, link))
            .staff_act(act)
            .map_err(StoreError::from)?;
        match self.commit(transaction).await {
            Ok(()) => Ok(()),
            Err(CommitError::Condition { label, item }) => Err(match label {
                Label::Catalog(CatalogWrite::Item) => refusal(item.as_ref(), tag),
                Label::Catalog(CatalogWrite::Tag) => LinkError::NoTag,
                _ => LinkError::Linked,
            }),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Takes a tag off an item. `false`: it was not on it.
    pub async fn tag_unlink(
        &self,
        item: CatalogItemId,
        tag: &Tag,
        act: &StaffAct,
    ) -> Result<bool, LinkError> {
        let on_item = row::live(item).delete_text("tags", tag.as_str());
        let on_item = on_item.add("tagCount", -1).add("version", 1);
        let link = Write::delete(Table::Catalog, keys::tag_link(item, tag)).if_present("pk");
        let transaction = Transaction::new()
            .write_as(CatalogWrite::Item, on_item)
            .write_as(CatalogWrite::Link, link)
            .staff_act(act)
            .map_err(StoreError::from)?;
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_of(CatalogWrite::Item) => Err(LinkError::NoItem),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}

/// Why the item, as it stands, did not take the tag.
fn refusal(item: Option<&Item>, tag: &Tag) -> LinkError {
    let Some(item) = item.map(ItemReader) else { return LinkError::NoItem };
    if item.get("deletedAt").is_some() {
        return LinkError::NoItem;
    }
    if row::texts(item, "tags").iter().any(|other| other == tag.as_str()) {
        return LinkError::Linked;
    }
    LinkError::TooMany
}

fn tag_row(item: &Item) -> Result<TagRow, Corrupt> {
    let row = ItemReader(item);
    let tag = row.text("sk")?.parse().map_err(|_| Corrupt("a tag".to_owned()))?;
    Ok(TagRow { tag, created_at: row.instant("createdAt")? })
}
