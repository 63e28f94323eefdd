//! Payments: one row each, changed as a whole under its version.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    auction::Hash,
    payment::{Cancelling, Claim, Decline, Payment, Provider, Purpose, Status, breaker::Breaker},
    trade::ProviderRefund,
};
use kernel::{Instant, PaymentId, TradeId, UserId, Won, uuid_of};

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Page, PageOf, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write,
    identity::{read_address, write_address},
    keys,
    spread::{END, Spread},
};

pub use crate::label::PaymentWrite;

/// How many unresolved payments a sweep takes from a shard at a time.
const SWEEP_PAGE: u32 = 50;

/// The payment that is attempt `number` at charging a card for a trade. Follows from both, so that
/// whoever begins it again begins the same one.
#[must_use]
pub fn charge_of_trade(trade: TradeId, number: u32) -> PaymentId {
    let Hash(digest) = Hash::of(&[b"charge", trade.uuid().as_bytes(), &number.to_be_bytes()]);
    PaymentId::from_uuid(uuid_of(digest))
}

impl Transaction {
    /// Adds a new payment.
    #[must_use]
    pub fn payment_opening(self, payment: &Payment) -> Self {
        self.write_as(PaymentWrite::Opening, Write::create(Table::Payment, item(payment)))
    }

    /// Adds what the provider answered of a payment last, in the place of what it had before: for
    /// whoever has to find out what happened.
    #[must_use]
    pub fn payment_answer(self, of: PaymentId, answer: &str, now: Instant) -> Self {
        if answer.is_empty() {
            return self;
        }
        let row = ItemWriter::under(&keys::payment_answer(of)).text("answer", answer);
        let row = row.instant("at", now).item();
        self.write_as(PaymentWrite::Answer, Write::put(Table::Payment, row))
    }

    /// Adds that a trade gives this back of what it was paid with: from now on whoever looks into
    /// open payments has to see it through.
    #[must_use]
    pub fn payment_refund(self, refund: ProviderRefund, now: Instant) -> Self {
        let ProviderRefund { payment, amount, .. } = refund;
        let cancelling = Cancelling::of_trade(amount, now);
        let row = write_cancelling(ItemWriter::default(), &cancelling);
        let row = row.number("cancellations", cancelling.number);
        let row = write_due(row, payment, now).item();
        let update = Write::update(Table::Payment, keys::payment(payment)).set_all(row);
        let update = update.add("version", 1).when_number("cancellations", "=", 0);
        let update = update.when_text("status", "=", Status::Done.as_str());
        self.write_as(PaymentWrite::Refund, update)
    }

    /// Adds `after` in the place of `before`, if nobody changed it meanwhile.
    #[must_use]
    pub fn payment(self, before: &Payment, after: &Payment) -> Self {
        self.write_as(PaymentWrite::Change, change(before, after))
    }
}

fn change(before: &Payment, after: &Payment) -> Write {
    // The whole row is put: what is absent in it must go.
    Write::put(Table::Payment, item(after)).when_number("version", "=", before.version)
}

impl Store {
    /// What the provider answered of a payment last.
    pub async fn payment_answer(&self, of: PaymentId) -> Result<Option<String>, StoreError> {
        let item = self.get(Table::Payment, &keys::payment_answer(of), Read::Consistent).await?;
        let text = |item: &Item| ItemReader(item).text("answer").map(str::to_owned);
        Ok(item.as_ref().map(text).transpose()?)
    }

    pub async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, StoreError> {
        let item = self.get(Table::Payment, &keys::payment(id), Read::Consistent).await?;
        Ok(item.as_ref().map(read).transpose()?)
    }

    /// A page of a user's payments, newest first.
    pub async fn payments_of(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Payment>, StoreError> {
        let query = Query::of(Table::Payment, keys::payments_of(user), limit).index(1);
        let page = self.query(query.newest_first().after(after)).await?;
        Ok(page.try_map(|item| read(&item))?)
    }

    /// A page of everybody's payments of this status, by when they were begun.
    pub async fn payments_listed(
        &self,
        status: Status,
        page: PageOf,
    ) -> Result<Page<Payment>, StoreError> {
        let partitions = keys::payments_listed(status.as_str());
        let until = END.to_owned();
        let spread = Spread { table: Table::Payment, index: 3, partitions, until, page };
        Ok(self.query_spread(spread).await?.try_map(|item| read(&item))?)
    }

    /// A page of payments that are to be looked into by `now`, those that wait longest first. One
    /// that does not read hides no other.
    pub async fn payments_unresolved(
        &self,
        shard: &str,
        now: Instant,
        after: Option<Position>,
    ) -> Result<Page<Result<Payment, Corrupt>>, StoreError> {
        let query = Query::of(Table::Payment, shard, SWEEP_PAGE).index(2).after(after);
        let page = self.query(query.between("0", keys::unresolved_until(now))).await?;
        Ok(page.map(|item| read(&item)))
    }

    /// How a provider answered of late; `name`: the policy's.
    pub async fn breaker(&self, name: &str, of: Provider) -> Result<Breaker, StoreError> {
        let key = keys::breaker(name, of.as_str());
        let Some(item) = self.get(Table::Operation, &key, Read::Consistent).await? else {
            return Ok(Breaker::default());
        };
        let row = ItemReader(&item);
        let open_until = row.maybe_number("openUntil").map(Instant::from_millis);
        Ok(Breaker { silences: row.count("silences")?, open_until })
    }

    /// Keeps it. The last word counts.
    pub async fn breaker_keep(
        &self,
        name: &str,
        of: Provider,
        breaker: Breaker,
    ) -> Result<(), CommitError> {
        let key = keys::breaker(name, of.as_str());
        let write = Write::update(Table::Operation, key)
            .set_number("silences", i64::from(breaker.silences));
        let write = match breaker.open_until {
            Some(until) => write.set_number("openUntil", until.millis()),
            None => write.remove("openUntil"),
        };
        self.write(write).await
    }
}

fn item(payment: &Payment) -> Item {
    let mut row = ItemWriter::under(&keys::payment(payment.id))
        .id("id", payment.id)
        .id("user", payment.user)
        .won("amount", payment.amount)
        .text("provider", payment.provider.as_str())
        .text("status", payment.status.as_str())
        .instant("createdAt", payment.created_at)
        .won("cancelled", payment.cancelled)
        .number("cancellations", payment.cancellations)
        .number("version", payment.version)
        .text("gsi1pk", keys::payments_of(payment.user))
        .text("gsi1sk", payment.id.to_string());
    let status = payment.status.as_str();
    let (list, at) = keys::payment_listed(payment.id, status, payment.created_at);
    row = row.text("gsi3pk", list).text("gsi3sk", at);
    match payment.purpose {
        Purpose::TopUp => {}
        Purpose::Trade { trade, address } => {
            row = row.id("trade", trade).id("address", address);
        }
        // The trade has its address already: that is what tells it from the other.
        Purpose::Match { trade } => row = row.id("trade", trade),
    }
    let texts = [
        ("providerKey", payment.provider_key.as_deref()),
        ("tokenSeal", payment.token_seal.as_deref()),
        ("decline", payment.decline.map(Decline::as_str)),
        ("method", payment.method.as_deref()),
        ("webhookSeal", payment.webhook_seal.as_deref()),
    ];
    for (name, text) in texts {
        row = text.into_iter().fold(row, |row, text| row.text(name, text));
    }
    if let Some(at) = payment.done_at {
        row = row.instant("doneAt", at);
    }
    if let Some(Claim { key, first_at, until }) = &payment.claim {
        row = row.text("claimKey", key);
        row = row.instant("claimedAt", *first_at).instant("claimedUntil", *until);
    }
    if let Some(cancelling) = &payment.cancelling {
        row = write_cancelling(row, cancelling);
    }
    if let Some(address) = &payment.ships_to {
        let address = write_address(ItemWriter::default(), address).item();
        row = row.value("shipsTo", AttributeValue::M(address));
    }
    if payment.looks > 0 {
        row = row.number("looks", payment.looks);
    }
    if let Some(at) = payment.look_at {
        row = row.instant("lookAt", at);
    }
    if let Some(due) = payment.due_at() {
        row = write_due(row, payment.id, due);
    }
    row.item()
}

fn write_cancelling(row: ItemWriter, cancelling: &Cancelling) -> ItemWriter {
    let Cancelling { number, amount, reason, key, first_at, until } = cancelling;
    row.number("cancelNumber", *number)
        .won("cancelAmount", *amount)
        .text("cancelReason", reason)
        .text("cancelKey", key)
        .instant("cancelBegun", *first_at)
        .instant("cancelUntil", *until)
}

/// When somebody is to look into it.
fn write_due(row: ItemWriter, payment: PaymentId, due: Instant) -> ItemWriter {
    let (shard, order) = keys::payment_unresolved(payment, due);
    row.text("gsi2pk", shard).text("gsi2sk", order)
}

/// A payment from an item that a tool found by itself.
pub fn read(item: &Item) -> Result<Payment, Corrupt> {
    let row = ItemReader(item);
    let unreadable = |name: &str| Corrupt(format!("{name} of a payment"));
    let decline = row.maybe_text("decline").map(Decline::parse);
    let text = |name| row.maybe_text(name).map(str::to_owned);
    let ships_to = row.get("shipsTo").and_then(|value| value.as_m().ok());
    let done_at = row.maybe_number("doneAt").map(Instant::from_millis);
    Ok(Payment {
        id: row.id("id")?,
        user: row.id("user")?,
        purpose: purpose(row)?,
        amount: row.won("amount")?,
        provider: row.text("provider")?.parse::<Provider>().map_err(|_| unreadable("provider"))?,
        status: Status::parse(row.text("status")?).ok_or_else(|| unreadable("status"))?,
        created_at: row.instant("createdAt")?,
        provider_key: text("providerKey"),
        token_seal: text("tokenSeal"),
        ships_to: ships_to.map(read_address).transpose()?,
        claim: claim(row)?,
        decline: decline.map(|found| found.ok_or_else(|| unreadable("decline"))).transpose()?,
        method: text("method"),
        done_at,
        webhook_seal: text("webhookSeal"),
        cancelled: row.maybe_won("cancelled")?.unwrap_or(Won::ZERO),
        cancellations: row.count("cancellations")?,
        cancelling: cancelling(row)?,
        looks: row.maybe_number("looks").map_or(Ok(0), |_| row.count("looks"))?,
        look_at: row.maybe_number("lookAt").map(Instant::from_millis),
        version: row.count("version")?,
    })
}

fn purpose(row: ItemReader<'_>) -> Result<Purpose, Corrupt> {
    Ok(match (row.get("trade"), row.get("address")) {
        (None, _) => Purpose::TopUp,
        (Some(_), Some(_)) => {
            Purpose::Trade { trade: row.id("trade")?, address: row.id("address")? }
        }
        (Some(_), None) => Purpose::Match { trade: row.id("trade")? },
    })
}

fn claim(row: ItemReader<'_>) -> Result<Option<Claim>, Corrupt> {
    let Some(key) = row.maybe_text("claimKey") else { return Ok(None) };
    let first_at = row.instant("claimedAt")?;
    let until = row.instant("claimedUntil")?;
    Ok(Some(Claim { key: key.to_owned(), first_at, until }))
}

fn cancelling(row: ItemReader<'_>) -> Result<Option<Cancelling>, Corrupt> {
    let Some(key) = row.maybe_text("cancelKey") else { return Ok(None) };
    Ok(Some(Cancelling {
        number: row.count("cancelNumber")?,
        amount: row.won("cancelAmount")?,
        reason: row.text("cancelReason")?.to_owned(),
        key: key.to_owned(),
        first_at: row.instant("cancelBegun")?,
        until: row.instant("cancelUntil")?,
    }))
}
