//! Stream records to their consumers, in order, again from the first failed one.

use kernel::{Instant, Span};
use serde_json::json;

use super::{
    delivery::{Delivery, Outcome},
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
    /// Delivers until the function is at the end of the stream or has to wait.
    pub(super) async fn pump_stream(&self, to: &StreamConsumer) -> usize {
        let mut invocations = 0;
        while let Some(batch) = self.next_batch(to) {
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
            self.conclude(to, &batch, &outcome);
        }
        invocations
    }

    fn cursor(&self, to: &StreamConsumer) -> Cursor {
        self.account.read(|state| state.cursors.get(&to.id).cloned().unwrap_or_default())
    }

    fn set_cursor(&self, to: &StreamConsumer, cursor: Cursor) {
        self.account.change(|state| state.cursors.insert(to.id.clone(), cursor));
    }

    /// The next records for the function; skips, for good, those it does not want.
    fn next_batch(&self, to: &StreamConsumer) -> Option<Vec<StreamItem>> {
        let account = &self.account;
        let now = account.clock.now();
        let cursor = self.cursor(to);
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
            position = last.position;
            let mine = |item: &StreamItem| item.pk.starts_with(to.pk_prefix);
            wanted.extend(page.into_iter().filter(|item| mine(item) && !item.changes_nothing));
        }
        if wanted.is_empty() && position > cursor.position {
            self.set_cursor(to, Cursor { position, ..Cursor::default() });
        }
        (!wanted.is_empty()).then_some(wanted)
    }

    /// Moves the cursor over what is done, and decides what happens to what is not.
    fn conclude(&self, to: &StreamConsumer, batch: &[StreamItem], outcome: &Outcome) {
        let last = batch.last().map_or(0, |item| item.position);
        let (failed, reason) = match outcome {
            Outcome::Done => {
                self.set_cursor(to, Cursor { position: last, ..Cursor::default() });
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
        let old = self.cursor(to);
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
            undelivered::keep(&self.account, &GivenUp { to, item: failed, reason, attempts });
            self.set_cursor(to, Cursor { position: failed.position, ..Cursor::default() });
            return;
        }
        let unknown = matches!(outcome, Outcome::Failed(_));
        self.set_cursor(
            to,
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
            let done = consumers.map(|to| self.cursor(to).position).min();
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
        let due = |to: &StreamConsumer| match self.cursor(to).blocked_until {
            Some(until) => Some(until),
            None => self.next_batch(to).map(|_| account.clock.now()),
        };
        live.filter_map(due).min()
    }
}
