//! The best prices and the last trade of each instrument.
//!
//! Best prices are found and written like depth: version read, book read, conditional write. The
//! last trade has a condition of its own and disturbs nobody. `watch` rises when somebody begins
//! to wait for a price: an alert and a fall that come at once meet in the row, so that the second
//! to commit sees the first.

use domain::{
    auction::Hash,
    catalog::CatalogItem,
    exchange::{Instrument, Price, Side, views},
};
use events::{Envelope, PriceFell};
use kernel::{CatalogItemId, Instant, TradeId, Won, uuid_of};

use super::{
    depth::{after, overtaken, version},
    read_resting,
};
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Key, Label, Query, Read, Store, StoreError,
    Table, Transaction, Write, keys, label::MarketWrite, retry::Policy,
};

/// What the market says of an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotes {
    pub ask: Option<Price>,
    pub bid: Option<Price>,
    pub last: Option<Last>,
    /// When best prices were looked for.
    pub at: Instant,
    /// Rises when they are written.
    pub version: u32,
    /// Rises when somebody begins to wait.
    pub(super) watch: u32,
}

impl Quotes {
    /// Where an order would meet another one, as far as these tell.
    #[must_use]
    pub fn meets_at(&self, side: Side, price: Price) -> Option<Price> {
        let best = match side {
            Side::Buy => self.ask,
            Side::Sell => self.bid,
        };
        best.filter(|best| side.crosses(price.get(), best.get()))
    }
}

/// The trade that was paid last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Last {
    pub at: Instant,
    pub trade: TradeId,
    pub price: Won,
}

/// How many items one call reads.
const BATCH_MAX: usize = 100;
/// How many orders one call looks at for one that is live …
const LOOK_PAGE: u32 = 16;
/// … and how many calls. Whoever clears expired orders away brings the rest to our notice again.
const LOOKS_MAX: u32 = 64;
/// Alerts that come at the same moment make a look be repeated.
const REFRESH: Policy = Policy::named("quotes-refresh", 16);

/// Reads the row; an instrument that nothing happened to has none, or one without attributes.
pub(super) fn read(item: Option<&Item>) -> Result<Quotes, Corrupt> {
    let Some(item) = item else { return Ok(Quotes::default()) };
    let row = ItemReader(item);
    let price = |name: &str| {
        let won = row.maybe_won(name)?;
        let price = won.map(Price::new).transpose();
        price.map_err(|error| Corrupt(format!("{name}: {error}")))
    };
    let last = match row.maybe_won("last")? {
        None => None,
        Some(price) => {
            Some(Last { at: row.instant("lastAt")?, trade: row.id("lastTrade")?, price })
        }
    };
    Ok(Quotes {
        ask: price("ask")?,
        bid: price("bid")?,
        last,
        at: Instant::from_millis(row.maybe_number("at").unwrap_or_default()),
        version: version(Some(item))?,
        watch: row.maybe_number("watch").map_or(Ok(0), |_| row.count("watch"))?,
    })
}

/// The row of an instrument that nothing has happened to.
pub(super) fn unknown(Instrument { item, option }: Instrument) -> Write {
    Write::create(Table::Exchange, ItemWriter::under(&keys::quotes(item, option)).item())
}

/// Holds while the last trade is what was read.
pub(super) fn set_last(
    Instrument { item, option }: Instrument,
    seen: Option<Last>,
    last: Option<Last>,
) -> Write {
    let write = Write::update(Table::Exchange, keys::quotes(item, option));
    let write = match last {
        Some(last) => write
            .set_number("last", last.price)
            .set_number("lastAt", last.at.millis())
            .set("lastTrade", super::row::id_value(last.trade)),
        None => write.remove("last").remove("lastAt").remove("lastTrade"),
    };
    match seen {
        None => write.if_absent("last"),
        Some(seen) => write.when("lastTrade", "=", super::row::id_value(seen.trade)),
    }
}

/// Somebody begins to wait, knowing `quotes`.
pub(super) fn watched(Instrument { item, option }: Instrument, quotes: &Quotes) -> Write {
    let write = Write::update(Table::Exchange, keys::quotes(item, option)).add("watch", 1);
    if quotes.version == 0 {
        write.if_absent("version")
    } else {
        write.when_number("version", "=", quotes.version)
    }
}

fn looked(
    Instrument { item, option }: Instrument,
    seen: &Quotes,
    ask: Option<Price>,
    bid: Option<Price>,
    now: Instant,
) -> Write {
    let mut write =
        Write::update(Table::Exchange, keys::quotes(item, option)).set_number("at", now.millis());
    for (name, price) in [("ask", ask), ("bid", bid)] {
        write = match price {
            Some(price) => write.set_number(name, price.get()),
            None => write.remove(name),
        };
    }
    let write = after(write, seen.version);
    if seen.watch == 0 {
        write.if_absent("watch")
    } else {
        write.when_number("watch", "=", seen.watch)
    }
}

/// That the lowest ask is `price` now. One look tells it once.
pub(super) fn price_fell(
    Instrument { item, option }: Instrument,
    price: Price,
    version: u32,
    cause: &[u8],
    now: Instant,
) -> Envelope {
    let instrument = [item.uuid().as_bytes(), option.as_str().as_bytes()].concat();
    let Hash(digest) = Hash::of(&[b"price-fell", &instrument, &version.to_be_bytes(), cause]);
    let option = option.to_string();
    let price = price.won();
    Envelope::new(uuid_of(digest), now, &PriceFell { item_id: item, option, price, version })
}

impl Store {
    /// What the market says of one instrument; of one that is unknown, nothing.
    pub async fn quotes(
        &self,
        Instrument { item, option }: Instrument,
    ) -> Result<Quotes, StoreError> {
        let key = keys::quotes(item, option);
        let row = self.get(Table::Exchange, &key, Read::Consistent).await?;
        Ok(read(row.as_ref())?)
    }

    /// What the market says of every option of an item.
    pub async fn quotes_of(
        &self,
        item: CatalogItemId,
    ) -> Result<Vec<(Instrument, Quotes)>, StoreError> {
        let options = u32::try_from(domain::catalog::OPTIONS_MAX).unwrap_or(u32::MAX);
        let query = Query::of(Table::Exchange, keys::quotes_of(item), options);
        let mut found = Vec::new();
        for row in self.query(query).await?.items {
            let instrument = Key::of(&row).as_ref().and_then(keys::quotes_at);
            let instrument = instrument.ok_or_else(|| Corrupt("a key of quotes".to_owned()))?;
            found.push((instrument, read(Some(&row))?));
        }
        found.sort_by_key(|(instrument, _)| instrument.option);
        Ok(found)
    }

    /// The lowest ask of any option of each item, of moments ago, in the order of the items.
    pub async fn lowest_asks(
        &self,
        items: &[CatalogItem],
    ) -> Result<Vec<Option<Price>>, StoreError> {
        let mut keys = Vec::new();
        for item in items {
            let of = |option| (Table::Exchange, keys::quotes(item.id, option));
            keys.extend(item.options.iter().copied().map(of));
        }
        let mut asks = Vec::new();
        for keys in keys.chunks(BATCH_MAX) {
            let ask = |item| read(Some(&item)).map(|found| found.ask);
            asks.extend(self.read_all(keys.iter().cloned(), ask).await?);
        }
        let mut asks = asks.into_iter();
        let lowest = |item: &CatalogItem| {
            let own: Vec<_> = asks.by_ref().take(item.options.len()).collect();
            own.into_iter().flatten().flatten().min()
        };
        Ok(items.iter().map(lowest).collect())
    }

    /// Looks for the best prices of an instrument and remembers them; a fall of the lowest ask that
    /// somebody waits for is told.
    pub async fn quotes_refresh(
        &self,
        instrument: Instrument,
        now: Instant,
    ) -> Result<(), CommitError> {
        let mut seen = self.quotes(instrument).await?;
        let first = seen.version;
        let mut attempts = REFRESH.attempts();
        while attempts.again() {
            let ask = self.best_unexpired(instrument, Side::Sell, now).await?;
            let bid = self.best_unexpired(instrument, Side::Buy, now).await?;
            let write = looked(instrument, &seen, ask, bid, now);
            let fallen = ask.filter(|ask| seen.ask.is_none_or(|before| *ask < before));
            let told = match fallen {
                Some(price) if self.is_awaited(instrument, price).await? => {
                    let version = seen.version.saturating_add(1);
                    Some(price_fell(instrument, price, version, b"look", now))
                }
                _ => None,
            };
            let outcome = match told {
                None => self.write(write).await,
                Some(event) => {
                    let transaction = Transaction::new().write_as(MarketWrite::Quotes, write);
                    self.commit(transaction.event(&event)).await
                }
            };
            match outcome {
                // Of the quotes; an event that was told before is a fault.
                Err(CommitError::Condition { label, item }) if label != Label::Event => {
                    seen = read(item.as_ref()).map_err(StoreError::from)?;
                    if overtaken(first, seen.version) {
                        return Ok(());
                    }
                }
                answer => return answer,
            }
        }
        Err(attempts.exhausted().into())
    }

    async fn best_unexpired(
        &self,
        Instrument { item, option }: Instrument,
        side: Side,
        now: Instant,
    ) -> Result<Option<Price>, StoreError> {
        let mut position = None;
        for _ in 0..LOOKS_MAX {
            let book = Query::of(Table::Exchange, keys::book_of(item, option, side), LOOK_PAGE);
            let page = self.query(book.consistent().after(position)).await?;
            let page = page.try_map(|item| read_resting(&item))?;
            let rows = page.items.iter().map(|row| (row.resting.price, row.expires_at));
            match (views::best(side, rows, now), page.next) {
                (None, Some(next)) => position = Some(next),
                (best, _) => return Ok(best),
            }
        }
        Ok(None)
    }
}
