//! Stream records to their consumers, in order, again from the first failed one.

use futures::future::join_all;
use kernel::{Instant, Span};
use serde_json::json;

use super::{
    delivery::{Delivery, Outcome},
    shards::{Pending, Shard},
    undelivered::{self, GivenUp},
};
use crate::{
    dynamo::StreamItem,
    fault::Upset,
    state::{Cursor, Failed},
    wiring::StreamConsumer,
};

/// The wait after a failed delivery.
const BACKOFF: Span = Span::seconds(1);
/// After this many failures a record is given up.
const ATTEMPTS_MAX: u32 = 10;

impl Delivery {
    /// Delivers until the function is at the end of the stream or has to wait in every shard.
    pub(super) async fn pump_stream(&self, to: &StreamConsumer) -> usize {
        let mut invocations = 0;
        loop {
            let shards = self.shards(to);
            let waiting = |shard: &Shard| {
                let cursor = self.cursor(shard);
                cursor.blocked_until.map(|_| cursor.position + 1)
            };
            let pending = Pending::new(shards.iter().map(waiting).collect());
            let all = shards.iter().map(|shard| self.pump_shard(to, shard, &pending));
            let made: usize = join_all(all).await.into_iter().sum();
            invocations += made;
            // Where these have ended, others may begin.
            if made == 0 || shards.iter().all(|shard| shard.end.is_none()) {
                return invocations;
            }
        }
    }

    async fn pump_shard(&self, to: &StreamConsumer, shard: &Shard, pending: &Pending) -> usize {
        let mut invocations = 0;
        while let Some(batch) = self.next_batch(to, shard) {
            let first = batch.first().map_or(0, |item| item.position);
            pending.set(shard, Some(first));
            let events: Vec<_> = batch.iter().map(|item| &item.event).collect();
            let event = json!({ "Records": events });
            let copies = self.account.knobs(|knobs| knobs.stream_copies.max(1));
            if copies > 1 {
                self.account.faults.note(Upset::StreamCopied);
            }
            let mut outcome = Outcome::Done;
            for _ in 0..copies {
                let answer = self.invoke(to.function, event.clone()).await;
                let numbers: Vec<_> = batch.iter().map(StreamItem::sequence_number).collect();
                outcome = Outcome::read(answer, &numbers);
                invocations += 1;
            }
            if matches!(outcome, Outcome::Done) {
                pending.set(shard, None);
                if pending.has_older(shard, first) {
                    self.account.faults.note(Upset::ShardsApart);
                }
            }
            self.conclude(to, shard, &batch, &outcome);
        }
        invocations
    }

    fn cursor(&self, shard: &Shard) -> Cursor {
        self.account.read(|state| state.cursors.get(&shard.key).cloned().unwrap_or_default())
    }

    fn set_cursor(&self, shard: &Shard, cursor: Cursor) {
        self.account.change(|state| state.cursors.insert(shard.key.clone(), cursor));
    }

    /// The next records for the function; skips, for good, those it does not want.
    fn next_batch(&self, to: &StreamConsumer, shard: &Shard) -> Option<Vec<StreamItem>> {
        let account = &self.account;
        let now = account.clock.now();
        let cursor = self.cursor(shard);
        let waits = cursor.blocked_until.is_some_and(|until| until > now);
        if waits || account.is_paused(&to.id) {
            return None;
        }
        let size = if cursor.one_by_one { 1 } else { to.batch_size };
        let (mut position, mut wanted) = (cursor.position, Vec::new());
        while wanted.len() < size {
            let limit = size - wanted.len();
            let table = account.names.table(to.table);
            let arn = account.names.stream_arn(to.table);
            let page = account.engine.records_after(&table, &arn, position, limit);
            let page =
                page.inspect_err(|error| tracing::error!(%error, "unreadable stream")).ok()?;
            let Some(last) = page.last() else { break };
            let ends = shard.end.filter(|end| last.position >= *end);
            position = ends.unwrap_or(last.position);
            let mine = |item: &StreamItem| {
                item.position <= position
                    && item.pk.starts_with(to.pk_prefix)
                    && (shard.of == 1 || shard.holds(&item.pk))
            };
            wanted.extend(page.into_iter().filter(|item| mine(item) && !item.changes_nothing));
            if ends.is_some() {
                break;
            }
        }
        if wanted.is_empty() && position > cursor.position {
            self.set_cursor(shard, Cursor { position, ..Cursor::default() });
        }
        (!wanted.is_empty()).then_some(wanted)
    }

    /// Moves the cursor over what is done, and decides what happens to what is not.
    fn conclude(
        &self,
        to: &StreamConsumer,
        shard: &Shard,
        batch: &[StreamItem],
        outcome: &Outcome,
    ) {
        let last = batch.last().map_or(0, |item| item.position);
        let (failed, reason) = match outcome {
            Outcome::Done => {
                self.set_cursor(shard, Cursor { position: last, ..Cursor::default() });
                return;
            }
            Outcome::Refused => {
                let blocked_until = Some(self.account.clock.now() + BACKOFF);
                let position = batch.first().map_or(0, |item| item.position - 1);
                let old = self.cursor(shard);
                self.set_cursor(shard, Cursor { position, blocked_until, ..old });
                return;
            }
            Outcome::Partly(numbers) => {
                let first = batch.iter().find(|item| numbers.contains(&item.sequence_number()));
                (first, "named in batchItemFailures")
            }
            Outcome::Failed(error) => (batch.first(), error.as_str()),
        };
        let Some(failed) = failed else {
            return;
        };
        let now = self.account.clock.now();
        let old = self.cursor(shard);
        let is_first = batch.first().is_some_and(|first| first.position == failed.position);
        let attempts = if is_first { old.attempts + 1 } else { 1 };
        tracing::warn!(function = to.id, attempts, reason, "a stream record failed");
        if attempts >= ATTEMPTS_MAX {
            let failure = Failed {
                function: to.id.clone(),
                payload: failed.event.clone(),
                reason: reason.to_owned(),
                at: now,
            };
            self.account.change(|state| state.failed.push(failure));
            undelivered::keep(
                &self.account,
                &GivenUp { to, shard: shard.number, item: failed, reason, attempts },
            );
            self.set_cursor(shard, Cursor { position: failed.position, ..Cursor::default() });
            return;
        }
        let unknown = matches!(outcome, Outcome::Failed(_));
        self.set_cursor(
            shard,
            Cursor {
                // Just before the failed one; nothing that is wanted lies between.
                position: failed.position - 1,
                attempts,
                blocked_until: Some(now + BACKOFF),
                one_by_one: unknown && (batch.len() > 1 || old.one_by_one),
            },
        );
    }

    /// Drops the records that every consumer of the table is done with.
    pub(super) fn trim_streams(&self) {
        let account = &self.account;
        for table in store::Table::ALL.iter().copied().filter(|table| table.streams()) {
            let consumers = account.wiring.streams.iter().filter(|to| to.table == table);
            let done = consumers.map(|to| self.done(to)).min();
            let name = account.names.table(table);
            let done = done.map_or_else(|| account.engine.last_position(&name), Ok);
            let trimmed = done.and_then(|done| account.engine.trim_before(&name, done));
            if let Err(error) = trimmed {
                tracing::error!(%error, "could not trim a stream");
            }
        }
    }

    pub(super) fn streams_due(&self) -> Option<Instant> {
        let account = &self.account;
        let live = account.wiring.streams.iter().filter(|to| !account.is_paused(&to.id));
        live.filter_map(|to| self.stream_due(to)).min()
    }

    fn stream_due(&self, to: &StreamConsumer) -> Option<Instant> {
        let due = |shard: &Shard| match self.cursor(shard).blocked_until {
            Some(until) => Some(until),
            None => self.next_batch(to, shard).map(|_| self.account.clock.now()),
        };
        let look = || self.shards(to).iter().filter_map(due).min();
        // Shards that turn out to be at their end make room for the next ones.
        look().or_else(look)
    }
}
