//! Events waiting to leave, written in the transaction that makes them true.

use aws_sdk_dynamodb::types::AttributeValue;
use events::Envelope;
use kernel::{Instant, Span};
use uuid::Uuid;

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Query, Store, StoreError, Table, Write,
    keys,
};

/// A row still pending after this long is published again.
pub const REPUBLISH_AFTER: Span = Span::minutes(5);
/// How long a published row is kept for a look back.
const KEPT: Span = Span::days(7);
/// How many rows a sweep takes from each shard at a time.
const SWEEP_PAGE: u32 = 100;

/// What a sweep found.
#[derive(Debug, Default)]
pub struct Overdue {
    pub events: Vec<Envelope>,
    /// Rows nobody can publish; they must not keep the others from leaving.
    pub corrupt: Vec<Corrupt>,
}

/// The outbox row of an event. Writing an event that is there already fails its condition.
#[must_use]
pub fn row(envelope: &Envelope) -> Write {
    let (shard, at) = keys::outbox_pending(envelope.id, envelope.occurred_at);
    let item = ItemWriter::under(&keys::outbox(envelope.id))
        .text("envelope", serde_json::to_string(envelope).unwrap_or_default())
        .text("gsi1pk", shard)
        .text("gsi1sk", at)
        .item();
    Write::create(Table::Outbox, item)
}

/// The event in a row that still waits; `None` once it is published.
pub fn pending(item: &Item) -> Result<Option<Envelope>, Corrupt> {
    let row = ItemReader(item);
    if row.maybe_text("gsi1pk").is_none() {
        return Ok(None);
    }
    let envelope = serde_json::from_str(row.text("envelope")?);
    envelope.map(Some).map_err(|error| Corrupt(error.to_string()))
}

impl Store {
    /// Marks an event as published. Repeats safely.
    pub async fn outbox_complete(&self, id: Uuid, now: Instant) -> Result<(), CommitError> {
        let write = Write::update(Table::Outbox, keys::outbox(id))
            .remove("gsi1pk")
            .remove("gsi1sk")
            .set("publishedAt", AttributeValue::S(now.to_string()))
            .set_number("ttl", (now + KEPT).seconds())
            .if_present("gsi1pk");
        match self.write(write).await {
            Err(CommitError::Condition { .. }) => Ok(()), // somebody else did
            answer => answer,
        }
    }

    /// Events that have waited since before `before`, oldest first, a page of every shard.
    pub async fn outbox_overdue(&self, before: Instant) -> Result<Overdue, StoreError> {
        let mut overdue = Overdue::default();
        for shard in keys::outbox_shards() {
            let query = Query::of(Table::Outbox, shard, SWEEP_PAGE).index(1);
            let page = self.query(query.between("0", before.to_string())).await?;
            for item in &page.items {
                match pending(item) {
                    Ok(envelope) => overdue.events.extend(envelope),
                    Err(corrupt) => overdue.corrupt.push(corrupt),
                }
            }
        }
        Ok(overdue)
    }
}
