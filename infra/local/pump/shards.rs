//! The shards of a stream, as one function reads them.
//!
//! A key's records are all in one shard. Where the number of shards changes, the old ones end at
//! what was newest then, and the new ones are read when all of those are.

use std::sync::{Mutex, PoisonError};

use super::delivery::Delivery;
use crate::{
    state::{Cursor, State},
    wiring::StreamConsumer,
};

/// One shard of so many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shard {
    /// Under which its cursor is kept.
    pub key: String,
    pub number: usize,
    pub of: usize,
    /// The last record in it, when it has ended.
    pub end: Option<i64>,
}

impl Shard {
    /// Whether the records of this key are in it.
    pub fn holds(&self, pk: &str) -> bool {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = pk.bytes().fold(0xcbf2_9ce4_8422_2325, mix);
        // Keys differ in their last bytes, which have not reached every bit yet.
        let hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let of = u64::try_from(self.of).unwrap_or(u64::MAX);
        (hash >> 32).checked_rem(of) == u64::try_from(self.number).ok()
    }
}

fn key(id: &str, number: usize) -> String {
    if number == 0 { id.to_owned() } else { format!("{id}#{number}") }
}

/// How many a function reads now.
fn count(state: &State, id: &str) -> usize {
    (1..).find(|number| !state.cursors.contains_key(&key(id, *number))).unwrap_or(1)
}

/// Their places in the stream.
fn positions(state: &State, id: &str) -> Vec<i64> {
    let of = |number| state.cursors.get(&key(id, number)).map_or(0, |cursor| cursor.position);
    (0..count(state, id)).map(of).collect()
}

impl Delivery {
    /// The shards that the function reads now; those of another number when all of these are read
    /// to their end.
    pub(super) fn shards(&self, to: &StreamConsumer) -> Vec<Shard> {
        let account = &self.account;
        let wanted = account.knobs(|knobs| knobs.shards.max(1));
        let id = &to.id;
        if account.read(|state| count(state, id)) == wanted {
            account.read(|state| state.cuts.contains_key(id)).then(|| {
                account.change(|state| state.cuts.remove(id));
            });
            return shards(id, wanted, None);
        }
        let newest = account.engine.last_position(&account.names.table(to.table));
        let newest = newest.inspect_err(|error| tracing::error!(%error, "unreadable stream"));
        account.change(|state| {
            let now = count(state, id);
            let Ok(newest) = newest else { return shards(id, now, None) };
            let end = *state.cuts.entry(id.clone()).or_insert(newest);
            if positions(state, id).iter().any(|position| *position < end) {
                return shards(id, now, Some(end));
            }
            for number in 0..now {
                state.cursors.remove(&key(id, number));
            }
            let cursor = Cursor { position: end, ..Cursor::default() };
            let keys = (0..wanted).map(|number| key(id, number));
            state.cursors.extend(keys.map(|key| (key, cursor.clone())));
            state.cuts.remove(id);
            shards(id, wanted, None)
        })
    }

    /// Up to where the function is done with every shard.
    pub(super) fn done(&self, to: &StreamConsumer) -> i64 {
        self.account.read(|state| positions(state, &to.id).into_iter().min().unwrap_or(0))
    }
}

fn shards(id: &str, of: usize, end: Option<i64>) -> Vec<Shard> {
    (0..of).map(|number| Shard { key: key(id, number), number, of, end }).collect()
}

/// The oldest record of each shard that is in work or waits to be tried again.
pub(super) struct Pending(Mutex<Vec<Option<i64>>>);

impl Pending {
    pub fn new(oldest: Vec<Option<i64>>) -> Self {
        Self(Mutex::new(oldest))
    }

    pub fn set(&self, shard: &Shard, oldest: Option<i64>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = all.get_mut(shard.number) {
            *place = oldest;
        }
    }

    /// Whether another shard has a record before this one.
    pub fn has_older(&self, shard: &Shard, position: i64) -> bool {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut others = all.iter().enumerate().filter(|(number, _)| *number != shard.number);
        others.any(|(_, oldest)| oldest.is_some_and(|oldest| oldest < position))
    }
}
