//! How many orders rest at each price.
//!
//! A price is never counted up or down: whoever hears of a change there reads the row's version,
//! counts the book, and writes on condition of that version. So whoever writes last read the
//! version after every earlier write and counted after that, and every change is followed by a
//! count: records may come twice, late and in any order.

use domain::exchange::{BookSide, Instrument, Price};
use kernel::{Instant, Span};

use super::row::price;
use crate::{
    CommitError, Corrupt, Item, ItemReader, Page, Position, Query, Read, Store, StoreError, Table,
    Write, keys, retry::Policy,
};

/// How many orders rest at a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    pub price: Price,
    pub count: u32,
}

/// How many orders one call counts.
const COUNT_PAGE: u32 = 1_000;
/// A row that says zero stays for as long as somebody may still write under an older version.
const EMPTY_KEPT: Span = Span::days(7);
/// More than [`overtaken`] ever lets anybody need.
const RECOUNT: Policy = Policy::named("depth-recount", 4);

/// Whether somebody began to look after `first` was read, and has written: two writes since mean
/// that the second one's writer read its version after the first, hence after `first`.
pub(super) const fn overtaken(first: u32, version: u32) -> bool {
    version >= first.saturating_add(2)
}

/// The version of a row; 0: there is none.
pub(super) fn version(item: Option<&Item>) -> Result<u32, Corrupt> {
    let versioned = item.filter(|item| item.contains_key("version"));
    versioned.map_or(Ok(0), |item| ItemReader(item).count("version"))
}

/// The write that comes after `version`, if nothing else has.
pub(super) fn after(write: Write, version: u32) -> Write {
    let write = write.set_number("version", version.saturating_add(1));
    if version == 0 {
        write.if_absent("version")
    } else {
        write.when_number("version", "=", version)
    }
}

/// The row of a price: its version (0: none), and its count.
pub(super) fn read_level(item: &Item) -> Result<Level, Corrupt> {
    let row = ItemReader(item);
    Ok(Level { price: price(row)?, count: row.count("count")? })
}

fn counted(side: BookSide, level: Level, version: u32, now: Instant) -> Write {
    let won = level.price.get();
    let write = Write::update(Table::Exchange, keys::depth(side, won))
        .set_number("price", won)
        .set_number("count", level.count);
    let write = if level.count > 0 {
        let (list, order) = keys::depth_shown(side, won);
        write.set_text("gsi1pk", list).set_text("gsi1sk", order).remove("ttl")
    } else {
        write.remove("gsi1pk").remove("gsi1sk").set_number("ttl", (now + EMPTY_KEPT).seconds())
    };
    after(write, version)
}

impl Store {
    /// Counts the orders that rest at a price, and remembers how many.
    pub async fn depth_recount(
        &self,
        of: BookSide,
        price: Price,
        now: Instant,
    ) -> Result<(), CommitError> {
        let BookSide { instrument: Instrument { item, option }, side } = of;
        let key = keys::depth(of, price.get());
        let row = self.get(Table::Exchange, &key, Read::Consistent).await?;
        let first = version(row.as_ref()).map_err(StoreError::from)?;
        let mut seen = first;
        let mut attempts = RECOUNT.attempts();
        while attempts.again() {
            let book = Query::of(Table::Exchange, keys::book_of(item, option, side), COUNT_PAGE);
            let book = book.prefix(keys::book_level(side, price.get())).consistent();
            let level = Level { price, count: self.count(book).await? };
            match self.write(counted(of, level, seen, now)).await {
                Err(CommitError::Condition { item, .. }) => {
                    seen = version(item.as_ref()).map_err(StoreError::from)?;
                    if overtaken(first, seen) {
                        return Ok(());
                    }
                }
                answer => return answer,
            }
        }
        Err(attempts.exhausted().into())
    }

    /// A page of the prices at which orders rest, best first.
    pub async fn depth(
        &self,
        of: BookSide,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Level>, StoreError> {
        let BookSide { instrument: Instrument { item, option }, side } = of;
        let query = Query::of(Table::Exchange, keys::depth_of(item, option, side), limit).index(1);
        Ok(self.query(query.after(after)).await?.try_map(|item| read_level(&item))?)
    }
}
