//! What is traded, and the two sides of its book.

use std::fmt;

use kernel::CatalogItemId;

use super::Side;
use crate::catalog::ItemOption;

/// What is traded: one option of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instrument {
    pub item: CatalogItemId,
    pub option: ItemOption,
}

/// The orders of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookSide {
    pub instrument: Instrument,
    pub side: Side,
}

impl Instrument {
    #[must_use]
    pub const fn side(self, side: Side) -> BookSide {
        BookSide { instrument: self, side }
    }
}

impl fmt::Display for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.item, self.option)
    }
}
