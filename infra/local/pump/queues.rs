//! Queue messages to their consumers, with partial batch responses.

use futures::future::join_all;
use kernel::Instant;
use serde_json::json;

use super::delivery::{Delivery, Outcome};
use crate::{fault::Upset, sqs, state::Message, wiring::QueueConsumer};

/// How many batches of one queue are in hand at once.
const BATCHES_MAX: usize = 4;

impl Delivery {
    /// Delivers until the queue has no visible message.
    pub(super) async fn pump_queue(&self, to: &QueueConsumer) -> usize {
        let mut invocations = 0;
        loop {
            let batches = self.take_batches(to);
            if batches.is_empty() {
                return invocations;
            }
            invocations += batches.len();
            join_all(batches.into_iter().map(|batch| self.deliver(to, batch))).await;
        }
    }

    fn take_batches(&self, to: &QueueConsumer) -> Vec<Vec<Message>> {
        let account = &self.account;
        let now = account.clock.now();
        let due = account.read(|state| state.queues.get(&to.id)?.next_visible());
        if due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        if account.is_paused(&to.id) {
            account.faults.note(Upset::DeliveryHeldUp);
            return Vec::new();
        }
        account.change(|state| {
            let take = || Some(sqs::take(account, state, &to.id, to.batch_size, None));
            std::iter::from_fn(take)
                .take_while(|batch| !batch.is_empty())
                .take(BATCHES_MAX)
                .collect()
        })
    }

    async fn deliver(&self, to: &QueueConsumer, batch: Vec<Message>) {
        let account = &self.account;
        let now = account.clock.now();
        let records: Vec<_> =
            batch.iter().map(|message| sqs::lambda_record(account, &to.id, message)).collect();
        let answer = self.invoke(to.function, json!({ "Records": records })).await;
        let ids: Vec<_> = batch.iter().map(|message| message.id.clone()).collect();
        let outcome = Outcome::read(answer, &ids);
        let failed = |message: &Message| match &outcome {
            Outcome::Done => false,
            Outcome::Partly(ids) => ids.contains(&message.id),
            Outcome::Failed(_) | Outcome::Refused => true,
        };
        if let Outcome::Failed(error) = &outcome {
            tracing::warn!(function = to.id, error, "a batch failed");
        }
        let retry = account.knobs(|knobs| knobs.retry_visibility);
        for message in &batch {
            match (failed(message), retry) {
                (false, _) => self.delete(to, message),
                (true, Some(retry)) => self.show_again(to, message, now + retry),
                (true, None) => {}
            }
        }
    }

    fn delete(&self, to: &QueueConsumer, message: &Message) {
        self.account.change(|state| {
            state.queues.get_mut(&to.id).map(|queue| queue.delete(&message.receipt()))
        });
    }

    /// Unless the function itself has changed the visibility meanwhile.
    fn show_again(&self, to: &QueueConsumer, message: &Message, at: Instant) {
        self.account.change(|state| {
            let queue = state.queues.get_mut(&to.id);
            let mut messages = queue.into_iter().flat_map(|queue| &mut queue.messages);
            let mine = messages.find(|there| {
                there.receipt() == message.receipt() && there.visible_at == message.visible_at
            });
            if let Some(mine) = mine {
                mine.visible_at = at;
            }
        });
    }

    pub(super) fn queues_due(&self) -> Option<Instant> {
        let account = &self.account;
        let live = account.wiring.queues.iter().filter(|to| !account.is_paused(&to.id));
        account.read(|state| live.filter_map(|to| state.queues.get(&to.id)?.next_visible()).min())
    }
}
