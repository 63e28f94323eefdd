//! What happened in the auctions that were played.

use std::collections::BTreeMap;

/// How often what happened: what never happened was not compared.
pub type Happened = BTreeMap<String, u64>;
