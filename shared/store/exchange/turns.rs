//! Whose turn it is on an instrument: up to which number placements are done.
//!
//! Promises fairness and no more: whoever commits out of turn is held to the same conditions. A
//! placement that rests or meets another tells so in the heads, by its transaction; whoever does
//! neither, or is given up by those who wait, in an item of its own: one `UpdateItem`, and the row
//! comes with the first.

use domain::exchange::{Head, Instrument, Side};

use super::heads::AskedHeads;
use crate::{
    Corrupt, Item, ItemReader, Read, Store, StoreError, Table, Write,
    batch::{Asked, Batch, Found},
    error::CommitError,
    keys,
};

/// The heads of a book and whose turn it was when they were read.
#[derive(Clone, Copy, Debug)]
pub struct BookLine {
    /// Of the order's own side and of the other one; `None`: this is not traded.
    pub heads: Option<(Head, Head)>,
    /// The number of a placement that did nothing to the book and is done: the last one.
    passed: Option<u32>,
}

impl BookLine {
    /// Up to this number placements are done or given up.
    #[must_use]
    pub fn done(&self) -> u32 {
        let of = |head: Head| head.served.max(head.last.map_or(0, |last| last.priority));
        let heads = self.heads.map_or(0, |(own, other)| of(own).max(of(other)));
        heads.max(self.passed.unwrap_or(0))
    }
}

/// A line, asked for in a batch.
#[derive(Debug)]
pub(super) struct AskedLine {
    heads: AskedHeads,
    passed: Asked<u32>,
}

impl AskedLine {
    pub(super) fn of(batch: &mut Batch, instrument: Instrument, side: Side) -> Self {
        let heads = AskedHeads::of(batch, instrument, side);
        let key = keys::exchange_turn(instrument.item, instrument.option);
        Self { heads, passed: batch.ask(Table::Exchange, key, read_turn) }
    }

    pub(super) fn found(&self, found: &Found) -> Result<BookLine, Corrupt> {
        Ok(BookLine { heads: self.heads.found(found)?, passed: found.of(&self.passed)? })
    }
}

fn read_turn(item: &Item) -> Result<u32, Corrupt> {
    ItemReader(item).count("done")
}

impl Store {
    /// The heads and whose turn it is, in one call. To be read before [`Store::book_best`].
    pub async fn exchange_line(
        &self,
        instrument: Instrument,
        side: Side,
    ) -> Result<BookLine, StoreError> {
        let mut batch = Batch::new(Read::Consistent);
        let asked = AskedLine::of(&mut batch, instrument, side);
        Ok(asked.found(&self.read_batch(&batch).await?)?)
    }

    /// The placement of this number, and whoever came before, is done. A later one may be already.
    pub async fn exchange_pass(
        &self,
        Instrument { item, option }: Instrument,
        number: u32,
    ) -> Result<(), StoreError> {
        let write = Write::update(Table::Exchange, keys::exchange_turn(item, option))
            .set_number("done", number)
            .when_absent_or("done", "<", number);
        match self.write(write).await {
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }
}
