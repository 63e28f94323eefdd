//! Paid trades of an instrument, and the bars of its chart.
//!
//! A trade's row, its two bars and the last price are one transaction: the row says whether the
//! rest was done, and bars are sums in which order does not matter. A trade that is taken off again
//! keeps its row, marked: whoever comes late with it finds it there. Its bars and the last price
//! are recounted, so that doing it again ends in the same. Transactions may be half applied: a bar
//! says how many trades were ever added to it, and neither it nor the last price is recounted
//! before so many rows are there.

use domain::exchange::{
    Instrument,
    views::{Bucket, Candle, RecentTrade, candles},
};
use kernel::Instant;

use super::{
    depth::{after, version},
    quotes::{self, Last},
    row::id_value,
};
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Key, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write,
    batch::{Batch, present},
    keys,
    label::MarketWrite,
    retry::Policy,
};

/// Every failed attempt means that another trade of the instrument was added.
const ADD: Policy = Policy::named("recent-trade-add", 24);
/// The same of a bar or a last price that is recounted.
const RECOUNT: Policy = Policy::named("recent-trade-off", 24);
/// How many trades at a time are looked at for the last one.
const LAST_PAGE: u32 = 16;
/// How many trades a rebuild reads at a time.
const REBUILD_PAGE: u32 = 500;

fn recent_trade_item(instrument: Instrument, recent: &RecentTrade) -> Item {
    let key = keys::recent_trade(instrument, recent.at, recent.trade);
    written(ItemWriter::under(&key).number(ADDED, 1), recent)
}

fn written(item: ItemWriter, recent: &RecentTrade) -> Item {
    item.instant("at", recent.at).id("trade", recent.trade).won("price", recent.price).item()
}

/// `None`: it was taken off.
pub(super) fn read_recent_trade(item: &Item) -> Result<Option<RecentTrade>, Corrupt> {
    let row = ItemReader(item);
    let recent =
        RecentTrade { at: row.instant("at")?, trade: row.id("trade")?, price: row.won("price")? };
    Ok(row.get("off").is_none().then_some(recent))
}

fn candle_key(instrument: Instrument, bucket: Bucket, at: Instant) -> Key {
    keys::candle(instrument, bucket, bucket.start(at))
}

fn set_candle(key: Key, candle: &Candle, version: u32) -> Write {
    let first = candle.first;
    let last = candle.last;
    let write = Write::update(Table::Exchange, key)
        .set_number("start", candle.start.millis())
        .set_number("open", candle.open)
        .set_number("close", candle.close)
        .set_number("high", candle.high)
        .set_number("low", candle.low)
        .set_number("volume", candle.volume)
        .set_number("firstAt", first.0.millis())
        .set("firstTrade", id_value(first.1))
        .set_number("lastAt", last.0.millis())
        .set("lastTrade", id_value(last.1));
    after(write, version)
}

pub(super) fn read_candle(item: &Item) -> Result<Candle, Corrupt> {
    let row = ItemReader(item);
    Ok(Candle {
        start: row.instant("start")?,
        open: row.won("open")?,
        close: row.won("close")?,
        high: row.won("high")?,
        low: row.won("low")?,
        volume: row.count("volume")?,
        first: (row.instant("firstAt")?, row.id("firstTrade")?),
        last: (row.instant("lastAt")?, row.id("lastTrade")?),
    })
}

/// How many trades were ever added to a bar, those counted that were taken off since; and the mark
/// of such a trade. One that was taken off before it came has none.
const ADDED: &str = "added";

/// What a trade is that a bar counts, and whose row is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unseen {
    /// One on its way: its transaction is half applied.
    Awaited,
    /// None: two looks at different moments found it missing.
    Broken,
}

/// A bar and the version of its row.
#[derive(Clone, Copy, Debug)]
struct Versioned {
    candle: Candle,
    version: u32,
    added: i64,
}

fn read_versioned(item: &Item) -> Result<Versioned, Corrupt> {
    let added = ItemReader(item).maybe_number(ADDED).unwrap_or_default();
    Ok(Versioned { candle: read_candle(item)?, version: version(Some(item))?, added })
}

/// The bar with one more trade.
fn added(key: Key, bar: Option<Versioned>, recent: &RecentTrade, bucket: Bucket) -> Write {
    let version = bar.map_or(0, |bar| bar.version);
    let added = bar.map_or(0, |bar| bar.added);
    // One that was emptied counts nothing.
    let counting = bar.map(|bar| bar.candle).filter(|candle| candle.volume > 0);
    let candle = counting.map_or_else(|| Candle::of(recent, bucket), |it| it.with(recent));
    set_candle(key, &candle, version).set_number(ADDED, added + 1)
}

pub(super) const fn last_of(recent: &RecentTrade) -> Last {
    Last { at: recent.at, trade: recent.trade, price: recent.price }
}

impl Store {
    /// Adds a paid trade to its instrument's history. `false`: it is there.
    pub async fn recent_trade_add(
        &self,
        instrument: Instrument,
        recent: &RecentTrade,
    ) -> Result<bool, CommitError> {
        let Instrument { item, option } = instrument;
        let [hour, day] = [Bucket::Hour, Bucket::Day].map(|b| candle_key(instrument, b, recent.at));
        let mut batch = Batch::new(Read::Consistent);
        let key = keys::recent_trade(instrument, recent.at, recent.trade);
        let known = batch.ask(Table::Exchange, key, present);
        let bars = [(Bucket::Hour, hour), (Bucket::Day, day)].map(|(bucket, key)| {
            (bucket, key.clone(), batch.ask(Table::Exchange, key, read_versioned))
        });
        let key = keys::quotes(item, option);
        let quotes = batch.ask(Table::Exchange, key, |item| quotes::read(Some(item)));
        let mut attempts = ADD.attempts();
        while attempts.again() {
            let found = self.read_batch(&batch).await?;
            if found.of(&known).map_err(StoreError::from)?.is_some() {
                return Ok(false);
            }
            let create = Write::create(Table::Exchange, recent_trade_item(instrument, recent));
            let mut transaction = Transaction::new().write_as(MarketWrite::Trade, create);
            for (bucket, key, bar) in &bars {
                let bar = found.of(bar).map_err(StoreError::from)?;
                let bar = added(key.clone(), bar, recent, *bucket);
                transaction = transaction.write_as(MarketWrite::Bar, bar);
            }
            let seen = found.of(&quotes).map_err(StoreError::from)?.and_then(|quotes| quotes.last);
            let last = last_of(recent);
            // What is not later stays as it is, by a condition: whoever takes the later one off at
            // the same moment would not know of this one.
            let latest = seen.map_or(last, |seen| seen.max(last));
            let write = quotes::set_last(instrument, seen, Some(latest));
            transaction = transaction.write_as(MarketWrite::Last, write);
            match self.commit(transaction).await {
                Ok(()) => return Ok(true),
                Err(error) if error.is_condition_of(MarketWrite::Trade) => return Ok(false),
                Err(CommitError::Condition { .. }) => {} // another trade came between
                Err(error) => return Err(error),
            }
        }
        Err(attempts.exhausted().into())
    }

    /// A page of an instrument's trades, newest first.
    pub async fn recent_trades(
        &self,
        Instrument { item, option }: Instrument,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<RecentTrade>, StoreError> {
        let query = Query::of(Table::Exchange, keys::recent_trades_of(item, option), limit);
        let query = query.newest_first().after(after);
        let page = self.query(query).await?.try_map(|item| read_recent_trade(&item))?;
        Ok(Page { items: page.items.into_iter().flatten().collect(), next: page.next })
    }

    /// Takes a trade off its instrument's history, whether it has come there or not: no bar counts
    /// it, and it is not the last one.
    pub async fn recent_trade_off(
        &self,
        instrument: Instrument,
        recent: &RecentTrade,
    ) -> Result<(), CommitError> {
        let key = keys::recent_trade(instrument, recent.at, recent.trade);
        let off = Write::update(Table::Exchange, key)
            .set_all(written(ItemWriter::default(), recent))
            .set_number("off", 1)
            .if_absent("off");
        match self.write(off).await {
            // Failed: marked before; whoever did may have broken off there.
            Ok(()) | Err(CommitError::Condition { .. }) => {}
            Err(error) => return Err(error),
        }
        let mut attempts = RECOUNT.attempts();
        for bucket in Bucket::ALL {
            let start = bucket.start(recent.at);
            while !self.candle_rebuild(instrument, *bucket, start, Unseen::Awaited).await? {
                if !attempts.again() {
                    return Err(attempts.exhausted().into());
                }
            }
        }
        let day = Bucket::Day.start(recent.at);
        while !self.last_rebuild(instrument).await? {
            // Whoever came before that write with a trade between the two left no mark in the
            // quotes, but one in the day's bar.
            let mut whole = false;
            while !whole {
                if !attempts.again() {
                    return Err(attempts.exhausted().into());
                }
                let counted = self.trades_of_bar(instrument, Bucket::Day, day, Unseen::Awaited);
                whole = counted.await?.is_some();
            }
        }
        Ok(())
    }

    /// The bars of the buckets that `from..=to` touches, oldest first, `limit` at most. A bucket
    /// without trades has none.
    pub async fn candles(
        &self,
        Instrument { item, option }: Instrument,
        bucket: Bucket,
        from: Instant,
        to: Instant,
        limit: u32,
    ) -> Result<Vec<Candle>, StoreError> {
        let query = Query::of(Table::Exchange, keys::candles_of(item, option, bucket), limit);
        let query = query.between(bucket.start(from).to_string(), to.to_string());
        let mut bars = self.query(query).await?.try_map(|item| read_candle(&item))?.items;
        bars.retain(|bar| bar.volume > 0);
        Ok(bars)
    }

    /// Sums a bar up again from its trades. `false`: one more was added meanwhile, or is about to
    /// be.
    pub(super) async fn candle_rebuild(
        &self,
        instrument: Instrument,
        bucket: Bucket,
        start: Instant,
        unseen: Unseen,
    ) -> Result<bool, CommitError> {
        let key = candle_key(instrument, bucket, start);
        let Some(counted) = self.trades_of_bar(instrument, bucket, start, unseen).await? else {
            return Ok(false);
        };
        let Counted { row, trades } = counted;
        let version = version(row.as_ref()).map_err(StoreError::from)?;
        let write = match candles(&trades, bucket).first() {
            Some(candle) => set_candle(key, candle, version),
            None if row.is_none() => return Ok(true),
            // It stays, for its version: whoever still knows an older one writes nothing.
            None => after(Write::update(Table::Exchange, key).set_number("volume", 0), version),
        };
        unless_moved(self.write(write).await)
    }

    /// A bar's row, and the trades that it is to count, read after it. `None`: it counts more than
    /// are to be seen yet.
    async fn trades_of_bar(
        &self,
        instrument: Instrument,
        bucket: Bucket,
        start: Instant,
        unseen: Unseen,
    ) -> Result<Option<Counted>, StoreError> {
        let Instrument { item, option } = instrument;
        let key = candle_key(instrument, bucket, start);
        let row = self.get(Table::Exchange, &key, Read::Consistent).await?;
        let added = row.as_ref().and_then(|row| ItemReader(row).maybe_number(ADDED));
        let mut awaited = added.filter(|_| unseen == Unseen::Awaited).unwrap_or_default();
        let low = start.to_string();
        let high = (start + bucket.length()).to_string();
        let mut trades = Vec::new();
        let mut position = None;
        loop {
            let query =
                Query::of(Table::Exchange, keys::recent_trades_of(item, option), REBUILD_PAGE);
            // The end itself has no `#` and a trade behind it: the next bucket is left out.
            let query = query.between(low.as_str(), high.as_str()).consistent().after(position);
            let page = self.query(query).await?;
            let there = page.items.iter().filter(|item| item.contains_key(ADDED)).count();
            awaited -= i64::try_from(there).unwrap_or(i64::MAX);
            let page = page.try_map(|item| read_recent_trade(&item))?;
            trades.extend(page.items.into_iter().flatten());
            match page.next {
                Some(next) => position = Some(next),
                None => break,
            }
        }
        Ok((awaited <= 0).then_some(Counted { row, trades }))
    }

    /// Looks the last trade of an instrument up again. `false`: it was another one; look again.
    pub(super) async fn last_rebuild(&self, instrument: Instrument) -> Result<bool, CommitError> {
        let seen = self.quotes(instrument).await?.last;
        let Instrument { item, option } = instrument;
        let mut position = None;
        let last = loop {
            let trades = keys::recent_trades_of(item, option);
            let query = Query::of(Table::Exchange, trades, LAST_PAGE).newest_first().consistent();
            let page = self.query(query.after(position)).await?;
            let page = page.try_map(|item| read_recent_trade(&item)).map_err(StoreError::from)?;
            match (page.items.iter().flatten().next(), page.next) {
                (None, Some(next)) => position = Some(next),
                (newest, _) => break newest.map(last_of),
            }
        };
        if last == seen {
            return Ok(true);
        }
        unless_moved(self.write(quotes::set_last(instrument, seen, last)).await).map(|_| false)
    }
}

/// A bar as it stands, and its trades.
struct Counted {
    row: Option<Item>,
    trades: Vec<RecentTrade>,
}

fn unless_moved(outcome: Result<(), CommitError>) -> Result<bool, CommitError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(CommitError::Condition { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
