//! The catalogue: items, their options and tags, what a search finds them by.
//!
//! An item is one row, changed by updates: what an admin says under the version that was read,
//! options, tags and the count of trades beside it. A deleted item keeps its row and leaves every
//! index.

mod index;
mod lists;
mod row;
mod tags;

use domain::{
    auction::Hash,
    catalog::{CatalogItem, ItemOption, Model},
    exchange::Instrument,
};
use events::{CatalogItemChanged, Envelope};
use kernel::{CatalogItemId, Instant, TradeId, uuid_of};

use crate::{
    CommitError, Item, ItemReader, ItemWriter, Read, Store, StoreError, Table, Transaction, Write,
    exchange::open_instrument, keys, staff::StaffAct,
};

pub use crate::label::CatalogWrite;
pub(crate) use row::read as read_item;
pub use tags::{LinkError, TagRow, tag_creation};

/// Why an item was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    #[error("another item has the model number")]
    ModelTaken,
    /// It, or what was to change with it, is not as it was read.
    #[error("the item was changed meanwhile")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What became of counting a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// It is counted, now or before.
    Counted,
    /// Another trade was counted meanwhile, or the item was deleted: read it again.
    Overtaken,
}

/// The transaction that creates an item and tells of it.
#[must_use]
pub fn item_creation(item: &CatalogItem) -> Transaction {
    Transaction::new()
        .write_as(CatalogWrite::Model, take(&item.facts.model, item.id))
        .write_as(CatalogWrite::Item, Write::create(Table::Catalog, row::item(item)))
        .event(&changed(item, item.created_at))
}

/// The transaction that adds an option to an item that is there, and opens its two books.
#[must_use]
pub fn option_creation(item: CatalogItemId, option: ItemOption, now: Instant) -> Transaction {
    let on_item = row::live(item).add_text("options", option.as_str()).add("version", 1);
    let marker = ItemWriter::under(&keys::catalog_option(item, option)).instant("createdAt", now);
    Transaction::new()
        .write_as(CatalogWrite::Item, on_item)
        .write_as(CatalogWrite::Option, Write::create(Table::Catalog, marker.item()))
        .writes_as(CatalogWrite::Instrument, open_instrument(Instrument { item, option }))
}

impl Store {
    /// An item that is not deleted.
    pub async fn catalog_item(
        &self,
        item: CatalogItemId,
        read: Read,
    ) -> Result<Option<CatalogItem>, StoreError> {
        let found = self.catalog_item_even_deleted(item, read).await?;
        Ok(found.filter(|item| !item.deleted))
    }

    pub(super) async fn catalog_item_even_deleted(
        &self,
        item: CatalogItemId,
        read: Read,
    ) -> Result<Option<CatalogItem>, StoreError> {
        let found = self.get(Table::Catalog, &keys::catalog_item(item), read).await?;
        Ok(found.map(|found| row::read(&found)).transpose()?)
    }

    /// Several items, eventually consistent, in the order asked, without deleted ones; at most
    /// 100.
    pub async fn catalog_items(
        &self,
        items: &[CatalogItemId],
    ) -> Result<Vec<CatalogItem>, StoreError> {
        let keys = items.iter().map(|id| (Table::Catalog, keys::catalog_item(*id)));
        let found = self.read_all(keys, |item| row::read(&item)).await?;
        Ok(found.into_iter().flatten().filter(|item| !item.deleted).collect())
    }

    /// Replaces what is said of an item, together with its model number, and tells of it.
    pub async fn catalog_edit(
        &self,
        before: &CatalogItem,
        after: &CatalogItem,
        act: &StaffAct,
        now: Instant,
    ) -> Result<(), ItemError> {
        let old = &before.facts.model;
        let new = &after.facts.model;
        let replace = row::replace(before, after);
        let mut transaction = Transaction::new().write_as(CatalogWrite::Item, replace);
        // A new spelling of the same number changes no hands.
        if old.canonical() != new.canonical() {
            transaction = transaction
                .write_as(CatalogWrite::Model, take(new, after.id))
                .write_as(CatalogWrite::OldModel, release(old, after.id));
        }
        let transaction = transaction.staff_act(act).map_err(StoreError::from)?;
        match self.commit(transaction.event(&changed(after, now))).await {
            Ok(()) => Ok(()),
            Err(error) if error.is_condition_of(CatalogWrite::Model) => Err(ItemError::ModelTaken),
            Err(CommitError::Condition { .. }) => Err(ItemError::Stale),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Deletes an item: off every list, its model number free, its tags released, its options
    /// closed by `closing`: at most 24 of two writes each.
    pub async fn catalog_delete(
        &self,
        before: &CatalogItem,
        closing: Vec<Write>,
        act: &StaffAct,
        now: Instant,
    ) -> Result<(), ItemError> {
        let links = before.tags.iter().map(|tag| keys::tag_link(before.id, tag));
        let links = links.map(|link| Write::delete(Table::Catalog, link).if_present("pk"));
        let transaction = Transaction::new()
            .write_as(CatalogWrite::Item, row::delete(before, now))
            .write_as(CatalogWrite::OldModel, release(&before.facts.model, before.id))
            .writes_as(CatalogWrite::Link, links)
            .writes_as(CatalogWrite::Instrument, closing)
            .event(&changed(&before.delete(), now))
            .staff_act(act)
            .map_err(StoreError::from)?;
        match self.commit(transaction).await {
            Ok(()) => Ok(()),
            Err(CommitError::Condition { .. }) => Err(ItemError::Stale),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Counts a completed trade of `item`, once.
    pub async fn catalog_count(
        &self,
        item: &CatalogItem,
        trade: TradeId,
        now: Instant,
    ) -> Result<Counting, CommitError> {
        let marker = ItemWriter::under(&keys::counted_trade(trade));
        let marker = marker.text("item", item.id.to_string()).instant("at", now).item();
        let transaction = Transaction::new()
            .write_as(CatalogWrite::CountedTrade, Write::create(Table::Catalog, marker))
            .write_as(
                CatalogWrite::Item,
                row::count(item, item.completed_trades.saturating_add(1)),
            );
        match self.commit(transaction).await {
            Ok(()) => Ok(Counting::Counted),
            Err(error) if error.is_condition_of(CatalogWrite::CountedTrade) => {
                Ok(Counting::Counted)
            }
            Err(CommitError::Condition { .. }) => Ok(Counting::Overtaken),
            Err(error @ CommitError::Store(_)) => Err(error),
        }
    }
}

/// Tells that an item changed. The id follows from item and version.
fn changed(item: &CatalogItem, now: Instant) -> Envelope {
    let version = item.version.to_be_bytes();
    let Hash(digest) = Hash::of(&[b"catalog-item", item.id.uuid().as_bytes(), &version]);
    let event = CatalogItemChanged { item_id: item.id, version: item.version };
    Envelope::new(uuid_of(digest), now, &event)
}

fn take(model: &Model, item: CatalogItemId) -> Write {
    let row = ItemWriter::under(&keys::catalog_model(model)).text("item", item.to_string());
    Write::create(Table::Catalog, row.item())
}

fn release(model: &Model, item: CatalogItemId) -> Write {
    let delete = Write::delete(Table::Catalog, keys::catalog_model(model));
    delete.when_text("item", "=", item.to_string())
}

/// Whose row it is, of rows that name their item.
fn item_of(row: &Item) -> Result<CatalogItemId, crate::Corrupt> {
    let id = ItemReader(row).text("item")?.parse();
    id.map_err(|_| crate::Corrupt("a row names no catalogue item".to_owned()))
}
