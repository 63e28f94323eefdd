//! What `catalog` tells: items.

use kernel::CatalogItemId;
use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// An item was created, edited or deleted. Its options and tags tell nothing here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogItemChanged {
    pub item_id: CatalogItemId,
    /// The item's version with this change.
    pub version: u32,
}
impl Event for CatalogItemChanged {
    const KIND: &'static str = "CatalogItemChanged";
}
