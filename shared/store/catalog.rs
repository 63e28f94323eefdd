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
};
use events::{CatalogItemChanged, Envelope};
use kernel::{CatalogItemId, Instant, TradeId, uuid_of};

use crate::{
    CommitError, Item, ItemReader, ItemWriter, Read, Store, StoreError, Table, Transaction, Write,
    exchange::open_instrument, keys,
};

pub(crate) use row::read as read_item;
pub use tags::{LinkError, TagRow, tag_creation};

/// What stands in the way of a new item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creating {
    ModelTaken,
    /// The id is taken.
    Taken,
}

/// What stands in the way of another option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddingOption {
    NoItem,
    /// The item has it already.
    Exists,
}

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

impl Creating {
    /// What the failed condition of write `index` means.
    #[must_use]
    pub const fn obstacle(index: usize) -> Self {
        if index == 0 { Self::ModelTaken } else { Self::Taken }
    }

    /// The transaction that creates an item and tells of it.
    #[must_use]
    pub fn transaction(item: &CatalogItem) -> Transaction {
        Transaction::new()
            .write(take(&item.facts.model, item.id))
            .write(Write::create(Table::Catalog, row::item(item)))
            .event(&changed(item, item.created_at))
    }
}

impl AddingOption {
    /// What the failed condition of write `index` means.
    #[must_use]
    pub const fn obstacle(index: usize) -> Self {
        if index == 0 { Self::NoItem } else { Self::Exists }
    }

    /// The transaction that adds an option to an item that is there, and opens its two books.
    #[must_use]
    pub fn transaction(item: CatalogItemId, option: ItemOption, now: Instant) -> Transaction {
        let marker =
            ItemWriter::under(&keys::catalog_option(item, option)).instant("createdAt", now);
        Transaction::new()
            .write(row::live(item).add_text("options", option.as_str()).add("version", 1))
            .write(Write::create(Table::Catalog, marker.item()))
            .writes(open_instrument((item, option)))
    }
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
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<_> =
            items.iter().map(|id| (Table::Catalog, keys::catalog_item(*id))).collect();
        let found = self.batch_get(&keys).await?.into_iter().flatten();
        let found = found.map(|item| row::read(&item)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().filter(|item| !item.deleted).collect())
    }

    /// Replaces what is said of an item, together with its model number, and tells of it.
    pub async fn catalog_edit(
        &self,
        before: &CatalogItem,
        after: &CatalogItem,
        now: Instant,
    ) -> Result<(), ItemError> {
        let (old, new) = (&before.facts.model, &after.facts.model);
        let mut transaction = Transaction::new().write(row::replace(before, after));
        // A new spelling of the same number changes no hands.
        let swaps = old.canonical() != new.canonical();
        if swaps {
            transaction = transaction.write(take(new, after.id)).write(release(old, after.id));
        }
        match self.commit(transaction.event(&changed(after, now))).await {
            Ok(()) => Ok(()),
            Err(CommitError::Condition { index: 1, .. }) if swaps => Err(ItemError::ModelTaken),
            Err(CommitError::Condition { .. }) => Err(ItemError::Stale),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Deletes an item: off every list, its model number free, its tags released, and whatever
    /// `with` it must become true. At most 24 options of two writes each go along.
    pub async fn catalog_delete(
        &self,
        before: &CatalogItem,
        with: Vec<Write>,
        now: Instant,
    ) -> Result<(), ItemError> {
        let links = before.tags.iter().map(|tag| keys::tag_link(before.id, tag));
        let links = links.map(|link| Write::delete(Table::Catalog, link).if_present("pk"));
        let transaction = Transaction::new()
            .write(row::delete(before, now))
            .write(release(&before.facts.model, before.id))
            .writes(links)
            .writes(with)
            .event(&changed(&before.delete(), now));
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
            .write(Write::create(Table::Catalog, marker))
            .write(row::count(item, item.completed_trades.saturating_add(1)));
        match self.commit(transaction).await {
            Ok(()) | Err(CommitError::Condition { index: 0, .. }) => Ok(Counting::Counted),
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
