//! Lists that are spread over several partitions of an index, so that no partition is everybody's.
//!
//! Promises: the partitions are read side by side under one bound and merged by their sort keys; a
//! position is one sort key, good whether or not its item is still there. What moves to another key
//! between two pages may be seen twice, or not at all. Sort keys begin with an instant.

use std::collections::BTreeMap;

use futures::future::try_join_all;

use crate::{Item, Page, Position, Query, Store, StoreError, Table};

/// Which page of a list for staff is asked for.
#[derive(Clone, Debug)]
pub struct PageOf {
    pub newest_first: bool,
    pub limit: u32,
    pub after: Option<Position>,
}

/// A list, and which page of it.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub table: Table,
    pub index: u8,
    pub partitions: Vec<String>,
    /// Nothing behind this sort key.
    pub until: String,
    pub page: PageOf,
}

/// Behind every instant.
pub(crate) const END: &str = "~";
/// Before every instant.
const START: &str = "0";
/// What a position calls the last sort key.
const REACHED: &str = "reached";

impl Store {
    pub(crate) async fn query_spread(&self, spread: Spread) -> Result<Page<Item>, StoreError> {
        let reads = spread.partitions.iter().map(|partition| self.query(spread.part(partition)));
        Ok(spread.merged(try_join_all(reads).await?))
    }
}

impl Spread {
    /// The sort key of the last item of the page before.
    fn reached(&self) -> Option<&str> {
        let Position(keys) = self.page.after.as_ref()?;
        keys.get(REACHED).map(String::as_str)
    }

    /// What is read of one partition: the item where the page before ended is looked at again, if
    /// it is still there.
    fn part(&self, partition: &str) -> Query {
        let query = Query::of(self.table, partition, self.page.limit.saturating_add(1));
        let query = query.index(self.index);
        match (self.page.newest_first, self.reached()) {
            (true, reached) => query.between(START, reached.unwrap_or(&self.until)).newest_first(),
            (false, reached) => query.between(reached.unwrap_or(START), self.until.as_str()),
        }
    }

    fn merged(&self, pages: Vec<Page<Item>>) -> Page<Item> {
        let newest_first = self.page.newest_first;
        let is_before =
            |one: &str, other: &str| if newest_first { one > other } else { one < other };
        // Of a partition that has more, nothing is known behind the last item that was read.
        let mut known: Option<String> = None;
        let mut items = BTreeMap::new();
        for page in pages {
            let last = page.items.last().and_then(|item| self.key_of(item));
            if let (Some(_), Some(last)) = (page.next, last)
                && known.as_deref().is_none_or(|known| is_before(&last, known))
            {
                known = Some(last);
            }
            let keyed = page.items.into_iter().filter_map(|item| Some((self.key_of(&item)?, item)));
            items.extend(keyed.filter(|(key, _)| Some(key.as_str()) != self.reached()));
        }
        let is_known = |key: &str| !known.as_deref().is_some_and(|known| is_before(known, key));
        let ordered: Box<dyn Iterator<Item = (String, Item)>> = if newest_first {
            Box::new(items.into_iter().rev())
        } else {
            Box::new(items.into_iter())
        };
        let mut shown: Vec<(String, Item)> = ordered.filter(|(key, _)| is_known(key)).collect();
        let limit = usize::try_from(self.page.limit).unwrap_or(usize::MAX);
        let has_more = shown.len() > limit || known.is_some();
        shown.truncate(limit);
        let reached = shown.last().map(|(key, _)| key.clone()).or(known);
        let next = reached.filter(|_| has_more);
        let next = next.map(|key| Position(BTreeMap::from([(REACHED.to_owned(), key)])));
        Page { items: shown.into_iter().map(|(_, item)| item).collect(), next }
    }

    fn key_of(&self, item: &Item) -> Option<String> {
        item.get(&format!("gsi{}sk", self.index))?.as_s().ok().cloned()
    }
}

#[cfg(test)]
mod tests;
