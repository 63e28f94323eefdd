//! One standard queue: visibility, receive counts, redrive. Pure; the caller tells the time.

use kernel::{Instant, Span};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::random::Random;

/// One copy of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Message {
    /// Copies of one message share it.
    pub id: String,
    /// Unique per copy; the order of arrival.
    pub sequence: u64,
    pub body: String,
    /// `MessageAttributes` as they were sent.
    pub attributes: Value,
    pub sent_at: Instant,
    pub first_received_at: Option<Instant>,
    /// Invisible before: delayed, or in someone's hands.
    pub visible_at: Instant,
    pub receives: u32,
}

impl Message {
    /// What its latest receiver deletes it by; an older receiver's handle no longer works.
    pub fn receipt(&self) -> String {
        format!("{}-{}", self.sequence, self.receives)
    }
}

/// Where messages go that were received too often.
#[derive(Clone, Debug)]
pub(crate) struct Redrive {
    pub dead_letter_queue: String,
    pub max_receive_count: u32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    pub visibility_seconds: i64,
    pub redrive: Option<Redrive>,
    pub messages: Vec<Message>,
}

/// What a receive yields.
#[derive(Debug, Default)]
pub(crate) struct Received {
    pub batch: Vec<Message>,
    /// Taken out because they were received often enough.
    pub dead: Vec<Message>,
}

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub visible: usize,
    pub in_flight: usize,
    pub delayed: usize,
}

impl Queue {
    pub const fn visibility(&self) -> Span {
        Span::seconds(self.visibility_seconds)
    }

    /// Hands out up to `max` visible messages, oldest first (or in an order drawn from `shuffle`),
    /// hidden for `visibility`. Visible ones that have used up their receives are taken out.
    pub fn receive(
        &mut self,
        now: Instant,
        max: usize,
        visibility: Span,
        shuffle: Option<u64>,
    ) -> Received {
        let dead = self.take_dead(now);
        let mut ready: Vec<&mut Message> =
            self.messages.iter_mut().filter(|message| message.visible_at <= now).collect();
        match shuffle {
            Some(seed) => ready.sort_by_cached_key(|message| {
                let salt = (message.sequence << 8) ^ u64::from(message.receives);
                Random::new(seed ^ salt).draw()
            }),
            None => ready.sort_by_key(|message| message.sequence),
        }
        let batch = ready.into_iter().take(max).map(|message| {
            message.receives += 1;
            message.first_received_at.get_or_insert(now);
            message.visible_at = now + visibility;
            message.clone()
        });
        Received { batch: batch.collect(), dead }
    }

    /// Takes out the visible messages that have used up their receives.
    fn take_dead(&mut self, now: Instant) -> Vec<Message> {
        let Some(max) = self.redrive.as_ref().map(|redrive| redrive.max_receive_count) else {
            return Vec::new();
        };
        let is_dead = |message: &Message| message.visible_at <= now && message.receives >= max;
        self.messages.extract_if(.., |message| is_dead(message)).collect()
    }

    /// Whether there was a message to delete; a stale receipt deletes nothing.
    pub fn delete(&mut self, receipt: &str) -> bool {
        let before = self.messages.len();
        self.messages.retain(|message| message.receipt() != receipt);
        self.messages.len() < before
    }

    /// Hides a received message until `until`; `false` for a stale receipt.
    pub fn hide_until(&mut self, receipt: &str, until: Instant) -> bool {
        let message = self.messages.iter_mut().find(|message| message.receipt() == receipt);
        message.map(|message| message.visible_at = until).is_some()
    }

    /// When the next message is (or already was) visible.
    pub fn next_visible(&self) -> Option<Instant> {
        self.messages.iter().map(|message| message.visible_at).min()
    }

    /// Puts the copy of this sequence number as it is now, or takes it out.
    pub fn take_up(&mut self, sequence: u64, message: Option<Message>) {
        let place = self.messages.iter().position(|there| there.sequence == sequence);
        match (place.and_then(|place| self.messages.get_mut(place)), message) {
            (Some(there), Some(message)) => *there = message,
            (None, Some(message)) => self.messages.push(message),
            (Some(_), None) => self.messages.retain(|there| there.sequence != sequence),
            (None, None) => {}
        }
    }

    pub fn counts(&self, now: Instant) -> Counts {
        let mut counts = Counts::default();
        for message in &self.messages {
            match message {
                Message { visible_at, .. } if *visible_at <= now => counts.visible += 1,
                Message { receives: 0, .. } => counts.delayed += 1,
                Message { .. } => counts.in_flight += 1,
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Instant {
        Instant::from_millis(millis)
    }

    fn queue(messages: u64) -> Queue {
        let message = |sequence: u64| Message {
            id: format!("m{sequence}"),
            sequence,
            body: String::new(),
            attributes: Value::Null,
            sent_at: at(0),
            first_received_at: None,
            visible_at: at(0),
            receives: 0,
        };
        let redrive = Redrive { dead_letter_queue: "dlq".into(), max_receive_count: 2 };
        Queue {
            visibility_seconds: 30,
            redrive: Some(redrive),
            messages: (0..messages).map(message).collect(),
        }
    }

    #[test]
    fn hides_what_it_hands_out_until_the_timeout() {
        let mut queue = queue(3);
        let first = queue.receive(at(0), 2, Span::seconds(30), None).batch;
        assert_eq!(first.iter().map(|m| &*m.id).collect::<Vec<_>>(), ["m0", "m1"]);
        assert_eq!(queue.counts(at(0)), Counts { visible: 1, in_flight: 2, delayed: 0 });
        assert_eq!(queue.receive(at(29_999), 10, Span::seconds(30), None).batch.len(), 1);
        assert_eq!(queue.receive(at(30_000), 10, Span::seconds(30), None).batch.len(), 2);
    }

    #[test]
    fn takes_out_what_was_received_too_often() {
        let mut queue = queue(1);
        for round in 0..2 {
            assert_eq!(queue.receive(at(round), 10, Span::millis(1), None).batch.len(), 1);
        }
        let last = queue.receive(at(9), 10, Span::millis(1), None);
        assert_eq!((last.batch.len(), last.dead.len()), (0, 1));
    }

    #[test]
    fn a_stale_receipt_deletes_nothing() {
        let mut queue = queue(1);
        let stale = queue.receive(at(0), 1, Span::millis(1), None).batch.remove(0).receipt();
        let fresh = queue.receive(at(5), 1, Span::millis(1), None).batch.remove(0).receipt();
        assert!(!queue.delete(&stale));
        assert!(queue.delete(&fresh));
    }

    #[test]
    fn a_seed_decides_the_order() {
        let order = |seed| {
            let batch = queue(20).receive(at(0), 20, Span::seconds(1), Some(seed)).batch;
            batch.into_iter().map(|message| message.sequence).collect::<Vec<_>>()
        };
        assert_eq!(order(1), order(1));
        assert_ne!(order(1), order(2));
    }
}
