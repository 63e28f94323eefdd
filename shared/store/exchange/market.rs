//! What the market looks like, against what it should look like: every row of the exchange in,
//! every difference out. The same rows can be made again one by one while the market runs.

use std::{collections::BTreeMap, fmt};

use domain::exchange::{
    BookSide, Instrument, Price, Side,
    views::{self, Bucket, Candle, RecentTrade, candles},
};
use kernel::Instant;

use super::{
    depth::read_level,
    quotes::{self, Last, Quotes},
    read_resting,
    recent_trades::{Unseen, last_of, read_candle, read_recent_trade},
};
use crate::{CommitError, Corrupt, Item, Key, Store, StoreError, keys};

/// Something that is told about the market and follows from the book or from the trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Projection {
    /// How many orders rest at a price.
    Depth(Instrument, Side, Price),
    /// The best prices.
    Best(Instrument),
    /// The last trade.
    Last(Instrument),
    /// The bar of the bucket that begins then.
    Bar(Instrument, Bucket, Instant),
}

/// A projection that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub what: Projection,
    /// What its row says; `None`: nothing.
    pub row: Option<String>,
    pub due: Option<String>,
}

impl Projection {
    /// Whether it follows from the book; otherwise it follows from the trades.
    #[must_use]
    pub const fn is_of_book(&self) -> bool {
        matches!(self, Self::Depth(..) | Self::Best(_))
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth(instrument, side, price) => {
                write!(f, "depth {instrument} {} {}", side.as_str(), price.get())
            }
            Self::Best(instrument) => write!(f, "best prices {instrument}"),
            Self::Last(instrument) => write!(f, "last trade {instrument}"),
            Self::Bar(instrument, bucket, start) => {
                write!(f, "{} bar {instrument} {start}", bucket.as_str())
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |said: &Option<String>| said.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, "{}: the row says {}, due is {}", self.what, text(&self.row), text(&self.due))
    }
}

type Told = BTreeMap<Projection, String>;
type Book = BTreeMap<BookSide, Vec<(Price, Instant)>>;

/// The rows of the exchange's table, sorted out.
#[derive(Debug, Default)]
struct Market {
    told: Told,
    quotes: BTreeMap<Instrument, Quotes>,
    book: Book,
    recent_trades: BTreeMap<Instrument, Vec<RecentTrade>>,
}

/// Every projection whose row differs from what book and trades give. Best prices are judged at
/// the moment at which they were looked for: what expires in between changes no row.
pub fn differences(items: &[Item]) -> Result<Vec<Difference>, Corrupt> {
    let mut market = Market::default();
    for item in items {
        market.add(item)?;
    }
    let due = market.due();
    let mut rows = market.told;
    let mut found = Vec::new();
    for (what, due) in due {
        let row = rows.remove(&what);
        if row.as_ref() != Some(&due) {
            found.push(Difference { what, row, due: Some(due) });
        }
    }
    let left = rows.into_iter();
    found.extend(left.map(|(what, row)| Difference { what, row: Some(row), due: None }));
    Ok(found)
}

impl Market {
    fn add(&mut self, item: &Item) -> Result<(), Corrupt> {
        let key = Key::of(item).ok_or_else(|| Corrupt("a row without a key".to_owned()))?;
        if let Some(side) = keys::side_at(&key.pk, keys::BOOK_PREFIX) {
            let row = read_resting(item)?;
            let side = self.book.entry(side).or_default();
            side.push((row.resting.price, row.expires_at));
        } else if let Some(of) = keys::side_at(&key.pk, keys::DEPTH_PREFIX) {
            let level = read_level(item)?;
            if level.count > 0 {
                let what = Projection::Depth(of.instrument, of.side, level.price);
                self.told.insert(what, level.count.to_string());
            }
        } else if let Some(instrument) = keys::quotes_at(&key) {
            self.add_quotes(instrument, quotes::read(Some(item))?);
        } else if let Some(instrument) = keys::prints_at(&key.pk) {
            let trades = self.recent_trades.entry(instrument).or_default();
            trades.extend(read_recent_trade(item)?);
        } else if let Some((instrument, bucket)) = keys::candles_at(&key.pk) {
            let candle = read_candle(item)?;
            if candle.volume > 0 {
                let what = Projection::Bar(instrument, bucket, candle.start);
                self.told.insert(what, bar(&candle));
            }
        }
        Ok(())
    }

    fn add_quotes(&mut self, instrument: Instrument, quotes: Quotes) {
        self.quotes.insert(instrument, quotes);
        let best = best(quotes.ask, quotes.bid);
        self.told.extend(best.map(|text| (Projection::Best(instrument), text)));
        let last = quotes.last.as_ref().map(last);
        self.told.extend(last.map(|text| (Projection::Last(instrument), text)));
    }

    fn due(&self) -> Told {
        let mut due = Told::new();
        let mut levels: BTreeMap<(Instrument, Side, Price), u32> = BTreeMap::new();
        for (BookSide { instrument, side }, rows) in &self.book {
            for (price, _) in rows {
                let count = levels.entry((*instrument, *side, *price)).or_default();
                *count = count.saturating_add(1);
            }
            let (ask, bid) = self.best_of(*instrument);
            let text = best(ask, bid);
            due.extend(text.map(|text| (Projection::Best(*instrument), text)));
        }
        due.extend(levels.into_iter().map(|((instrument, side, price), count)| {
            (Projection::Depth(instrument, side, price), count.to_string())
        }));
        for (instrument, recent_trades) in &self.recent_trades {
            for bucket in Bucket::ALL {
                due.extend(candles(recent_trades, *bucket).iter().map(|candle| {
                    (Projection::Bar(*instrument, *bucket, candle.start), bar(candle))
                }));
            }
            let newest = recent_trades.iter().max().map(|recent| last(&last_of(recent)));
            due.extend(newest.map(|text| (Projection::Last(*instrument), text)));
        }
        due
    }

    fn best_of(&self, instrument: Instrument) -> (Option<Price>, Option<Price>) {
        let at = self.quotes.get(&instrument).map_or_else(Instant::default, |quotes| quotes.at);
        let best = |side| {
            let rows = self.book.get(&instrument.side(side)).into_iter().flatten().copied();
            views::best(side, rows, at)
        };
        (best(Side::Sell), best(Side::Buy))
    }
}

fn best(ask: Option<Price>, bid: Option<Price>) -> Option<String> {
    let text = |price: Option<Price>| price.map_or(0, Price::get);
    (ask.is_some() || bid.is_some()).then(|| format!("ask {} bid {}", text(ask), text(bid)))
}

fn last(last: &Last) -> String {
    format!("{} at {} ({})", last.price, last.at, last.trade)
}

fn bar(candle: &Candle) -> String {
    let Candle { open, close, high, low, volume, first, last, .. } = candle;
    let edges = format!("{}#{}–{}#{}", first.0, first.1, last.0, last.1);
    format!("open {open} high {high} low {low} close {close} volume {volume} {edges}")
}

impl Store {
    /// Makes one projection's row again from the book or the trades, as safely as any consumer
    /// does. `false`: it changed meanwhile; ask again.
    pub async fn projection_rebuild(
        &self,
        what: &Projection,
        now: Instant,
    ) -> Result<bool, CommitError> {
        match *what {
            Projection::Depth(instrument, side, price) => {
                self.depth_recount(instrument.side(side), price, now).await.map(|()| true)
            }
            Projection::Best(instrument) => {
                self.quotes_refresh(instrument, now).await.map(|()| true)
            }
            Projection::Last(instrument) => self.last_rebuild(instrument).await,
            Projection::Bar(instrument, bucket, start) => {
                self.candle_rebuild(instrument, bucket, start, Unseen::Broken).await
            }
        }
    }

    /// Whether an instrument is traded, or was.
    pub async fn is_instrument(
        &self,
        Instrument { item, option }: Instrument,
    ) -> Result<bool, StoreError> {
        let key = keys::exchange_head(item, option, Side::Sell);
        let head = self.get(crate::Table::Exchange, &key, crate::Read::Eventual).await?;
        Ok(head.is_some())
    }
}
