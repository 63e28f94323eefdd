//! One row as it is kept.

use std::sync::Arc;

use super::{units, value::Attributes};

/// An item and its size, which everything is billed by.
#[derive(Debug)]
pub struct Row {
    pub item: Attributes,
    pub size: usize,
}

impl Row {
    pub fn new(item: Attributes) -> Arc<Self> {
        let size = units::item_size(&item);
        Arc::new(Self { item, size })
    }
}
