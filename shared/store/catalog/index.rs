//! What a search finds items by: a row for every two neighbouring letters of an item's text.
//!
//! An item has more rows than a transaction takes, and several deliveries may write at once. One
//! list per item says which rows there may be, under a revision that stands for one text. Whoever
//! has another text claims the next revision, with every row that was or will be, and rows are
//! written only while that revision stands: whoever was overtaken writes nothing any more. Whoever
//! has the same text helps: the rows are the same. The list is settled when the rows are exactly
//! the text's.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{catalog::CatalogItem, search::Text};
use kernel::CatalogItemId;

use super::{CatalogWrite, row::texts};
use crate::{
    CommitError, Item, ItemReader, ItemWriter, Read, Store, StoreError, Table, Transaction, Write,
    keys,
};

/// Rows a transaction, beside the check of the revision; DynamoDB takes 100 writes.
const ROWS_AT_ONCE: usize = 90;

/// Which rows an item may have.
#[derive(Clone, Debug, Default)]
struct GramList {
    /// 0: there is no list yet.
    revision: i64,
    grams: BTreeSet<String>,
    /// What the revision stands for; empty of a deleted item.
    text: String,
    /// Whether the rows are exactly the text's.
    settled: bool,
}

impl Store {
    /// Brings an item's rows nearer to what the item says. `true`: they say the same; `false`:
    /// look again, they were written now or somebody has a newer text.
    ///
    /// Only the answer `true` may end the work: it was given after the last write of one's own.
    pub async fn catalog_index(&self, id: CatalogItemId) -> Result<bool, CommitError> {
        let list = self.gram_list(id).await?;
        let item = self.catalog_item_even_deleted(id, Read::Consistent).await?;
        let Some(item) = item else { return Ok(true) };
        let text = if item.deleted { Text::of(&[]) } else { item.text() };
        if list.revision > 0 && list.settled && list.text == text.as_str() {
            return Ok(true);
        }
        match self.index(&item, &text, list).await {
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(false),
            Err(error @ CommitError::Store(_)) => Err(error),
        }
    }

    async fn gram_list(&self, id: CatalogItemId) -> Result<GramList, StoreError> {
        let found = self.get(Table::Catalog, &keys::gram_list(id), Read::Consistent).await?;
        found.as_ref().map_or_else(|| Ok(GramList::default()), read)
    }

    /// Claims a revision for the text unless it has one, writes the rows, settles.
    async fn index(
        &self,
        item: &CatalogItem,
        text: &Text,
        list: GramList,
    ) -> Result<(), CommitError> {
        let due = text.bigrams();
        let list = if list.revision > 0 && list.text == text.as_str() {
            list
        } else {
            self.claim(item.id, text, &due, list).await?
        };
        let rows = list.grams.union(&due).map(|gram| row(item, gram, text, &due));
        let rows: Vec<Write> = rows.collect();
        for some in rows.chunks(ROWS_AT_ONCE) {
            let stands = Write::check(Table::Catalog, keys::gram_list(item.id));
            let stands = stands.when_number("revision", "=", list.revision);
            let transaction = Transaction::new().write_as(CatalogWrite::Grams, stands);
            let transaction = transaction.writes_as(CatalogWrite::Grams, some.iter().cloned());
            self.commit(transaction).await?;
        }
        let settle = with_grams(at_revision(item.id, list.revision), &due);
        self.write(settle.set_number("settled", 1)).await
    }

    async fn claim(
        &self,
        item: CatalogItemId,
        text: &Text,
        due: &BTreeSet<String>,
        before: GramList,
    ) -> Result<GramList, CommitError> {
        let list = GramList {
            revision: before.revision.saturating_add(1),
            grams: before.grams.union(due).cloned().collect(),
            text: text.as_str().to_owned(),
            settled: false,
        };
        let claim = with_grams(at_revision(item, before.revision), &list.grams)
            .set_number("revision", list.revision)
            .set_text("text", &list.text)
            .set_number("settled", 0);
        self.write(claim).await?;
        Ok(list)
    }
}

/// The row under `gram` as it is due: written, or gone. It carries no condition of its own: the
/// check of the revision in its transaction is the condition.
fn row(item: &CatalogItem, gram: &str, text: &Text, due: &BTreeSet<String>) -> Write {
    let key = keys::gram(gram, item.id, item.created_at);
    if !due.contains(gram) {
        return Write::delete(Table::Catalog, key);
    }
    let row = ItemWriter::under(&key).text("item", item.id.to_string());
    Write::put(Table::Catalog, row.text("text", text.as_str()).item())
}

/// An update of the list while it stands at `revision`.
fn at_revision(id: CatalogItemId, revision: i64) -> Write {
    let update = Write::update(Table::Catalog, keys::gram_list(id));
    if revision == 0 {
        return update.if_absent("pk");
    }
    update.when_number("revision", "=", revision)
}

fn with_grams(update: Write, grams: &BTreeSet<String>) -> Write {
    // A set of texts cannot be empty.
    if grams.is_empty() {
        return update.remove("grams");
    }
    update.set("grams", AttributeValue::Ss(grams.iter().cloned().collect()))
}

fn read(item: &Item) -> Result<GramList, StoreError> {
    let row = ItemReader(item);
    Ok(GramList {
        revision: row.number("revision")?,
        grams: texts(row, "grams").iter().cloned().collect(),
        text: row.text("text")?.to_owned(),
        settled: row.number("settled")? == 1,
    })
}
