//! Who waits for which price. An alert is told of once: it goes with the event that tells.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use domain::{
    auction::Hash,
    exchange::{Instrument, Price},
};
use events::{Envelope, PriceReached};
use kernel::{CatalogItemId, Instant, UserId, Won, uuid_of};
use uuid::Uuid;

use super::{
    quotes::{Quotes, price_fell, watched},
    row::price,
};
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Page, Position, Query, Store, StoreError,
    Table, Transaction, Write, keys, label::AlertWrite,
};

/// How many alerts a user has at most. Counted in a row beside them that every creation and every
/// end changes in its own transaction, so no race gets past it.
pub const ALERTS_MAX: u32 = 100;

/// A user wants to be told when an instrument can be bought for `price` or less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Tells it from every other one there ever was.
    pub id: Uuid,
    pub user: UserId,
    pub instrument: Instrument,
    pub price: Price,
    /// The item's name and the option, as the alert was made.
    pub title: String,
    pub created_at: Instant,
    /// The version of the quotes that were known when it was made: what they say, and earlier ones
    /// said, is no news.
    pub since: u32,
}

/// The transaction that makes an alert under the quotes as they were read; when they reach its
/// price already, it tells so.
#[must_use]
pub fn alert_creation(alert: &Alert, quotes: &Quotes) -> Transaction {
    let count = Write::update(Table::Exchange, keys::alert_count(alert.user))
        .add("count", 1)
        .when_absent_or("count", "<", ALERTS_MAX);
    let transaction = Transaction::new()
        .write_as(AlertWrite::Alert, Write::create(Table::Exchange, alert_item(alert)))
        .write_as(AlertWrite::Count, count)
        .write_as(AlertWrite::Quotes, watched(alert.instrument, quotes));
    match quotes.ask.filter(|ask| *ask <= alert.price) {
        None => transaction,
        Some(ask) => transaction.event(&price_fell(
            alert.instrument,
            ask,
            quotes.version,
            alert.id.as_bytes(),
            alert.created_at,
        )),
    }
}

fn alert_item(alert: &Alert) -> Item {
    let Alert { user, instrument, price, created_at, .. } = alert;
    let Instrument { item, option } = *instrument;
    ItemWriter::under(&keys::alert(*instrument, price.get(), *user))
        .text("gsi1pk", keys::alerts_by(*user))
        .text("gsi1sk", keys::alert_created(*instrument, price.get(), *created_at))
        .bytes("id", alert.id.as_bytes())
        .id("user", *user)
        .id("item", item)
        .text("option", option.as_str())
        .won("price", price.won())
        .text("title", alert.title.as_str())
        .instant("createdAt", *created_at)
        .number("since", alert.since)
        .item()
}

fn read_alert(item: &Item) -> Result<Alert, Corrupt> {
    let row = ItemReader(item);
    let option = row.text("option")?.parse().map_err(|_| Corrupt("an option".to_owned()))?;
    let id: CatalogItemId = row.id("item")?;
    Ok(Alert {
        id: Uuid::from_bytes(row.bytes("id")?),
        user: row.id("user")?,
        instrument: Instrument { item: id, option },
        price: price(row)?,
        title: row.text("title")?.to_owned(),
        created_at: row.instant("createdAt")?,
        since: row.count("since")?,
    })
}

fn uncounted(user: UserId) -> Write {
    let write = Write::update(Table::Exchange, keys::alert_count(user));
    write.add("count", -1).when_number("count", ">=", 1)
}

impl Alert {
    /// That an ask at `price` reaches it.
    fn reached(&self, price: Won, now: Instant) -> Envelope {
        let Hash(digest) = Hash::of(&[b"price-reached", self.id.as_bytes()]);
        let Instrument { item: item_id, option } = self.instrument;
        let event = PriceReached {
            user_id: self.user,
            item_id,
            option: option.to_string(),
            title: self.title.clone(),
            price,
            wanted: self.price.won(),
        };
        Envelope::new(uuid_of(digest), now, &event)
    }
}

impl Store {
    /// Whether an ask at `price` reaches anybody's alert.
    pub(super) async fn is_awaited(
        &self,
        instrument: Instrument,
        price: Price,
    ) -> Result<bool, StoreError> {
        Ok(!self.alerts_reached(instrument, price.won(), 1, None).await?.items.is_empty())
    }

    /// A page of the alerts that an ask at `price` reaches, the lowest first.
    pub async fn alerts_reached(
        &self,
        Instrument { item, option }: Instrument,
        price: Won,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Alert>, StoreError> {
        let (low, high) = keys::alerts_reached(price.get());
        let query = Query::of(Table::Exchange, keys::alerts_of(item, option), limit);
        let query = query.between(low, high).consistent().after(after);
        Ok(self.query(query).await?.try_map(|item| read_alert(&item))?)
    }

    /// Ends an alert by telling that an ask at `price` reaches it. `false`: it is over.
    pub async fn alert_reach(
        &self,
        alert: &Alert,
        price: Won,
        now: Instant,
    ) -> Result<bool, CommitError> {
        let key = keys::alert(alert.instrument, alert.price.get(), alert.user);
        // This one, not one that was made in its place since.
        let id = AttributeValue::B(Blob::new(alert.id.as_bytes()));
        let delete = Write::delete(Table::Exchange, key).when("id", "=", id);
        let transaction = ending(delete, alert.user).event(&alert.reached(price, now));
        ended(self.commit(transaction).await)
    }

    /// Deletes a user's alert. `false`: there is none.
    pub async fn alert_delete(
        &self,
        user: UserId,
        instrument: Instrument,
        price: Price,
    ) -> Result<bool, CommitError> {
        let key = keys::alert(instrument, price.get(), user);
        let delete = Write::delete(Table::Exchange, key).if_present("pk");
        ended(self.commit(ending(delete, user)).await)
    }

    /// A page of a user's alerts, newest first.
    pub async fn alerts_by(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Alert>, StoreError> {
        let query = Query::of(Table::Exchange, keys::alerts_by(user), limit).index(1);
        let query = query.newest_first().after(after);
        Ok(self.query(query).await?.try_map(|item| read_alert(&item))?)
    }
}

/// An alert of the user ends by `delete`.
fn ending(delete: Write, user: UserId) -> Transaction {
    Transaction::new()
        .write_as(AlertWrite::Alert, delete)
        .write_as(AlertWrite::Count, uncounted(user))
}

fn ended(outcome: Result<(), CommitError>) -> Result<bool, CommitError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(error) if error.is_condition_of(AlertWrite::Alert) => Ok(false),
        Err(error) => Err(error),
    }
}
