//! The two heads of a book, as an order of one side sees them.

use domain::exchange::{Head, Instrument, Side};

use super::read_head;
use crate::{
    Corrupt, Read, Store, StoreError, Table,
    batch::{Asked, Batch, Found},
    keys,
};

/// Both heads, asked for in a batch.
#[derive(Debug)]
pub(super) struct AskedHeads {
    own: Asked<Head>,
    other: Asked<Head>,
}

impl AskedHeads {
    pub(super) fn of(
        batch: &mut Batch,
        Instrument { item, option }: Instrument,
        side: Side,
    ) -> Self {
        let mut head = |side| {
            let key = keys::exchange_head(item, option, side);
            batch.ask(Table::Exchange, key, read_head)
        };
        Self { own: head(side), other: head(side.other()) }
    }

    /// The head of the order's own side and of the other one; `None`: this is not traded.
    pub(super) fn found(&self, found: &Found) -> Result<Option<(Head, Head)>, Corrupt> {
        Ok(found.of(&self.own)?.zip(found.of(&self.other)?))
    }
}

impl Store {
    /// The heads of the order's own side and of the other one; `None`: this is not traded. To be
    /// read before [`Store::book_best`].
    pub async fn exchange_heads(
        &self,
        instrument: Instrument,
        side: Side,
    ) -> Result<Option<(Head, Head)>, StoreError> {
        let mut batch = Batch::new(Read::Consistent);
        let asked = AskedHeads::of(&mut batch, instrument, side);
        Ok(asked.found(&self.read_batch(&batch).await?)?)
    }
}
