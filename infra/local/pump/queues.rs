//! Queue messages to their consumers, with partial batch responses.

use std::pin::pin;

use futures::future::{Either, join, join_all, select};
use kernel::Instant;
use serde_json::json;

use super::delivery::{Delivery, Outcome};
use crate::{connector::give_way, fault::Upset, sqs, state::Message, wiring::QueueConsumer};

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
            let lapsed = batches.into_iter().map(|batch| self.hand_over(to, batch));
            invocations += join_all(lapsed).await.into_iter().sum::<usize>();
        }
    }

    /// Delivers a batch, and where its visibility ends before that is done, what is visible then
    /// beside it. Answers how many invocations that adds.
    async fn hand_over(&self, to: &QueueConsumer, batch: Vec<Message>) -> usize {
        let account = &self.account;
        let turns = account.knobs(|knobs| knobs.lapses).and_then(|it| account.lapsing.next(it));
        let Some(turns) = turns else {
            self.deliver(to, batch).await;
            return 0;
        };
        let receipts: Vec<String> = batch.iter().map(Message::receipt).collect();
        let first = pin!(self.deliver(to, batch));
        let lapse = pin!(async {
            for _ in 0..turns {
                give_way().await;
            }
        });
        match select(first, lapse).await {
            Either::Left(((), _)) => 0,
            Either::Right(((), first)) => {
                let again = self.take_again(to, &receipts);
                if again.is_empty() {
                    first.await;
                    return 0;
                }
                account.faults.note(Upset::VisibilityEnded);
                join(first, self.deliver(to, again)).await;
                1
            }
        }
    }

    /// A batch of what is visible once the messages of these receipts are: all of them still in the
    /// hands of whoever took them first.
    fn take_again(&self, to: &QueueConsumer, receipts: &[String]) -> Vec<Message> {
        let account = &self.account;
        if account.is_paused(&to.id) {
            return Vec::new();
        }
        let now = account.clock.now();
        account.change(|state| {
            let Some(queue) = state.queues.get_mut(&to.id) else { return Vec::new() };
            let mine = |message: &&mut Message| receipts.contains(&message.receipt());
            let mut held = queue.messages.iter_mut().filter(mine).peekable();
            if held.peek().is_none() {
                return Vec::new();
            }
            held.for_each(|message| message.visible_at = now);
            sqs::take(account, state, &to.id, to.batch_size, None)
        })
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
