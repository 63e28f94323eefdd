//! Cards: one row each in their owner's partition, counted beside them.
//!
//! What a card is charged by is stored encrypted, its password hashed; both are the caller's work.

use domain::{
    exchange::{CARD_BIDS_MAX, CARD_BIDS_WON_MAX},
    payment::method::{Card, METHODS_MAX, PaymentMethod},
};
use kernel::{Instant, PaymentMethodId, Span, UserId, Won};

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys,
};

pub use crate::label::CardWrite;

/// How long it is remembered that a card was registered under an id. Longer than the provider
/// repeats its first answer to a registration (15 days): what it repeats may be deleted by then.
const USED_KEPT: Span = Span::days(30);

/// The transaction that adds a card.
#[must_use]
pub fn registration(method: &PaymentMethod) -> Transaction {
    let PaymentMethod { id, user, created_at, .. } = *method;
    let count = Write::update(Table::Payment, keys::payment_method_count(user))
        .add("count", 1)
        .when_absent_or("count", "<", METHODS_MAX);
    let until = created_at + USED_KEPT;
    let used = ItemWriter::under(&keys::payment_method_used(user, id))
        .instant("until", until)
        .number("ttl", until.seconds());
    // TTL deletes late: a note past its time may be written over.
    let used = Write::put(Table::Payment, used.item());
    let used = used.when_absent_or("until", "<=", created_at.millis());
    Transaction::new()
        .write_as(CardWrite::Count, count)
        .write_as(CardWrite::Card, Write::create(Table::Payment, item(method)))
        .write_as(CardWrite::Used, used)
}

/// How many bids of a user wait for a card, and for how many won together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardBids {
    pub count: i64,
    pub won: i64,
}

/// What came of asking that a card be used for nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// No bid can name it from now on.
    Done,
    /// A bid or a trade waits for it.
    InUse,
    /// There is no such card.
    NotFound,
}

impl Transaction {
    /// Adds that a bid of `price`, at most [`CARD_BIDS_WON_MAX`], waits for a card: in the
    /// transaction that places it, so that whatever is placed at once the bounds hold.
    #[must_use]
    pub fn card_bid(self, user: UserId, method: PaymentMethodId, price: Won) -> Self {
        let card = Write::update(Table::Payment, keys::payment_method(user, method))
            .add("bids", 1)
            .if_present("pk")
            .if_absent("closing");
        let more = CARD_BIDS_WON_MAX.get() - price.get();
        let count = Write::update(Table::Payment, keys::card_bids(user))
            .add("count", 1)
            .add("won", price.get())
            .when_absent_or("count", "<", CARD_BIDS_MAX)
            .when_absent_or("won", "<=", more);
        self.write_as(CardWrite::Bid, card).write_as(CardWrite::BidCount, count)
    }

    /// Adds that it waits no more: it was cancelled, expired, charged or given up.
    #[must_use]
    pub fn card_bid_end(self, user: UserId, method: PaymentMethodId, price: Won) -> Self {
        let card = Write::update(Table::Payment, keys::payment_method(user, method))
            .add("bids", -1)
            .when_number("bids", ">=", 1);
        let count = Write::update(Table::Payment, keys::card_bids(user))
            .add("count", -1)
            .add("won", -price.get())
            .when_number("count", ">=", 1)
            .when_number("won", ">=", price.get());
        self.write_as(CardWrite::Bid, card).write_as(CardWrite::BidCount, count)
    }
}

impl Store {
    /// A card of this user.
    pub async fn payment_method(
        &self,
        user: UserId,
        id: PaymentMethodId,
    ) -> Result<Option<PaymentMethod>, StoreError> {
        let key = keys::payment_method(user, id);
        let item = self.get(Table::Payment, &key, Read::Consistent).await?;
        Ok(item.as_ref().map(read).transpose()?)
    }

    /// A page of a user's cards.
    pub async fn payment_methods(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<PaymentMethod>, StoreError> {
        let query = Query::of(Table::Payment, keys::user(user), limit).consistent();
        let query = query.prefix(keys::PAYMENT_METHOD_PREFIX).after(after);
        Ok(self.query(query).await?.try_map(|item| read(&item))?)
    }

    /// Notes a try of the password. `false`: the card has changed since it was `before`, or is
    /// gone.
    pub async fn payment_method_tried(
        &self,
        before: &PaymentMethod,
        after: &PaymentMethod,
    ) -> Result<bool, StoreError> {
        let write = Write::update(Table::Payment, keys::payment_method(before.user, before.id))
            .set_number("failures", after.failures)
            .set_number("version", after.version)
            .when_number("version", "=", before.version);
        let write = match after.locked_until {
            Some(until) => write.set_number("lockedUntil", until.millis()),
            None => write.remove("lockedUntil"),
        };
        match self.write(write).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Lets no further bid name a card that is to be deleted. Of this and a placing exactly one
    /// happens.
    pub async fn payment_method_close(
        &self,
        user: UserId,
        id: PaymentMethodId,
    ) -> Result<Closed, CommitError> {
        let close = Write::update(Table::Payment, keys::payment_method(user, id))
            .set_number("closing", 1)
            .if_present("pk")
            .when_absent_or("bids", "<", 1);
        match self.write(close).await {
            Ok(()) => Ok(Closed::Done),
            Err(CommitError::Condition { item: Some(_), .. }) => Ok(Closed::InUse),
            Err(CommitError::Condition { item: None, .. }) => Ok(Closed::NotFound),
            Err(error) => Err(error),
        }
    }

    /// Deletes a card. `false`: there is none.
    pub async fn payment_method_delete(
        &self,
        user: UserId,
        id: PaymentMethodId,
    ) -> Result<bool, CommitError> {
        let key = keys::payment_method(user, id);
        let count = Write::update(Table::Payment, keys::payment_method_count(user))
            .add("count", -1)
            .when_number("count", ">=", 1);
        let delete = Write::delete(Table::Payment, key).if_present("pk");
        let transaction =
            Transaction::new().write_as(CardWrite::Card, delete).write_as(CardWrite::Count, count);
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_of(CardWrite::Card) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Reads how many bids wait from their item.
pub fn read_card_bids(item: &Item) -> Result<CardBids, Corrupt> {
    let row = ItemReader(item);
    Ok(CardBids { count: row.number("count")?, won: row.number("won")? })
}

fn item(method: &PaymentMethod) -> Item {
    let item = ItemWriter::under(&keys::payment_method(method.user, method.id))
        .id("id", method.id)
        .id("user", method.user)
        .text("number", method.card.number.as_str())
        .text("issuer", method.card.issuer.as_str())
        .text("sealedKey", method.sealed_key.as_str())
        .text("passwordHash", method.password_hash.as_str())
        .number("failures", method.failures)
        .instant("createdAt", method.created_at)
        .number("version", method.version);
    match method.locked_until {
        Some(until) => item.instant("lockedUntil", until).item(),
        None => item.item(),
    }
}

fn read(item: &Item) -> Result<PaymentMethod, Corrupt> {
    let row = ItemReader(item);
    Ok(PaymentMethod {
        id: row.id("id")?,
        user: row.id("user")?,
        card: Card {
            number: row.text("number")?.to_owned(),
            issuer: row.text("issuer")?.to_owned(),
        },
        sealed_key: row.text("sealedKey")?.to_owned(),
        password_hash: row.text("passwordHash")?.to_owned(),
        failures: row.count("failures")?,
        locked_until: row.maybe_number("lockedUntil").map(Instant::from_millis),
        created_at: row.instant("createdAt")?,
        version: row.count("version")?,
    })
}
