//! What changed in the state between two looks at it: what a data folder keeps of it.

use std::collections::BTreeMap;

use kernel::Instant;
use serde::{Deserialize, Serialize};

use super::{
    Bucket, Cursor, Email, Failed, Invocation, Kept, Message, Object, OneTime, Queue, Sms, State,
};

/// One change. A `None` means that it is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum StateChange {
    Message {
        queue: String,
        sequence: u64,
        message: Option<Message>,
    },
    Schedule {
        key: String,
        schedule: Option<OneTime>,
    },
    Rate {
        function: String,
        fired: Option<Instant>,
    },
    Cursor {
        function: String,
        cursor: Option<Cursor>,
    },
    Invocations(Vec<Invocation>),
    Failed(Tail<Failed>),
    Sms(Tail<Sms>),
    Emails(Tail<Email>),
    Object {
        bucket: String,
        key: String,
        object: Option<Object>,
    },
    Secret {
        name: String,
        secret: Option<Kept>,
    },
    LastNumber(u64),
    /// How far the clock was moved, in milliseconds.
    ClockAhead(i64),
}

/// A list from an index on: what stood there before is replaced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tail<T> {
    from: usize,
    items: Vec<T>,
}

impl State {
    /// What changed since `before`. A queue's settings and that there is a bucket are no part of
    /// it: they are declared at every start.
    pub fn changes_since(&self, before: &Self) -> Vec<StateChange> {
        // Taken apart by name, so that a new field is a question to whoever adds it.
        let Self {
            queues,
            schedules,
            rates,
            invocations,
            cursors,
            cuts: _,
            failed,
            sms,
            emails,
            buckets,
            secrets,
            clock_ahead_ms,
            last_number,
        } = self;
        let mut changes = Vec::new();
        for (name, queue) in queues {
            message_changes(name, queue, before.queues.get(name), &mut changes);
        }
        changes.extend(entries(schedules, &before.schedules).map(|(key, schedule)| {
            StateChange::Schedule { key: key.clone(), schedule: schedule.cloned() }
        }));
        changes.extend(entries(rates, &before.rates).map(|(function, fired)| StateChange::Rate {
            function: function.clone(),
            fired: fired.copied(),
        }));
        changes.extend(entries(cursors, &before.cursors).map(|(function, cursor)| {
            StateChange::Cursor { function: function.clone(), cursor: cursor.cloned() }
        }));
        if *invocations != before.invocations {
            changes.push(StateChange::Invocations(invocations.clone()));
        }
        changes.extend(tail(failed, &before.failed).map(StateChange::Failed));
        changes.extend(tail(sms, &before.sms).map(StateChange::Sms));
        changes.extend(tail(emails, &before.emails).map(StateChange::Emails));
        for (bucket, objects) in buckets {
            let none = Bucket::new();
            let before = before.buckets.get(bucket).unwrap_or(&none);
            changes.extend(entries(objects, before).map(|(key, object)| StateChange::Object {
                bucket: bucket.clone(),
                key: key.clone(),
                object: object.cloned(),
            }));
        }
        changes.extend(entries(secrets, &before.secrets).map(|(name, secret)| {
            StateChange::Secret { name: name.clone(), secret: secret.cloned() }
        }));
        if *last_number != before.last_number {
            changes.push(StateChange::LastNumber(*last_number));
        }
        if *clock_ahead_ms != before.clock_ahead_ms {
            changes.push(StateChange::ClockAhead(*clock_ahead_ms));
        }
        changes
    }

    /// Makes a change true.
    pub fn take_up(&mut self, change: StateChange) {
        match change {
            StateChange::Message { queue, sequence, message } => {
                self.queues.entry(queue).or_default().take_up(sequence, message);
            }
            StateChange::Schedule { key, schedule } => set(&mut self.schedules, key, schedule),
            StateChange::Rate { function, fired } => set(&mut self.rates, function, fired),
            StateChange::Cursor { function, cursor } => set(&mut self.cursors, function, cursor),
            StateChange::Invocations(invocations) => self.invocations = invocations,
            StateChange::Failed(tail) => tail.put(&mut self.failed),
            StateChange::Sms(tail) => tail.put(&mut self.sms),
            StateChange::Emails(tail) => tail.put(&mut self.emails),
            StateChange::Object { bucket, key, object } => {
                set(self.buckets.entry(bucket).or_default(), key, object);
            }
            StateChange::Secret { name, secret } => set(&mut self.secrets, name, secret),
            StateChange::LastNumber(number) => self.last_number = number,
            StateChange::ClockAhead(millis) => self.clock_ahead_ms = millis,
        }
    }
}

fn message_changes<'a>(
    name: &str,
    queue: &'a Queue,
    before: Option<&'a Queue>,
    changes: &mut Vec<StateChange>,
) {
    let before = before.map_or(&[][..], |queue| &queue.messages);
    if queue.messages == before {
        return;
    }
    let by_sequence = |messages: &'a [Message]| -> BTreeMap<u64, &'a Message> {
        messages.iter().map(|message| (message.sequence, message)).collect()
    };
    let old = by_sequence(before);
    let new = by_sequence(&queue.messages);
    let change = |sequence: u64, message: Option<Message>| StateChange::Message {
        queue: name.to_owned(),
        sequence,
        message,
    };
    let gone = old.keys().filter(|sequence| !new.contains_key(sequence));
    changes.extend(gone.map(|sequence| change(*sequence, None)));
    // In the queue's own order, which is the order of arrival there.
    let other = queue.messages.iter().filter(|new| old.get(&new.sequence) != Some(new));
    changes.extend(other.map(|message| change(message.sequence, Some(message.clone()))));
}

/// The entries that are not what they were, and those that are gone.
fn entries<'a, T: PartialEq>(
    now: &'a BTreeMap<String, T>,
    before: &'a BTreeMap<String, T>,
) -> impl Iterator<Item = (&'a String, Option<&'a T>)> {
    let other = now.iter().filter(|(key, value)| before.get(*key) != Some(value));
    let gone = before.keys().filter(|key| !now.contains_key(*key));
    other.map(|(key, value)| (key, Some(value))).chain(gone.map(|key| (key, None)))
}

fn set<T>(map: &mut BTreeMap<String, T>, key: String, value: Option<T>) {
    match value {
        Some(value) => drop(map.insert(key, value)),
        None => drop(map.remove(&key)),
    }
}

/// Of a list that grows at its end and is sometimes cut at its beginning: what is new.
fn tail<T: Clone + PartialEq>(now: &[T], before: &[T]) -> Option<Tail<T>> {
    let kept = now.get(..before.len()).is_some_and(|kept| kept.last() == before.last());
    let from = if kept { before.len() } else { 0 };
    let items = now.get(from..).unwrap_or_default().to_vec();
    (!kept || !items.is_empty()).then_some(Tail { from, items })
}

impl<T> Tail<T> {
    fn put(self, list: &mut Vec<T>) {
        list.truncate(self.from);
        list.extend(self.items);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(sequence: u64, receives: u32) -> Message {
        Message {
            id: format!("m{sequence}"),
            sequence,
            body: "body".to_owned(),
            attributes: json!(null),
            sent_at: Instant::from_millis(0),
            first_received_at: None,
            visible_at: Instant::from_millis(0),
            receives,
        }
    }

    fn sms(number: i64) -> Sms {
        Sms {
            phone: "+821000000000".to_owned(),
            text: "text".to_owned(),
            at: Instant::from_millis(number),
            message_id: format!("s{number}"),
        }
    }

    fn with(messages: &[(u64, u32)], texts: std::ops::Range<i64>, number: u64) -> State {
        let mut state = State::default();
        let messages = messages.iter().map(|(sequence, receives)| message(*sequence, *receives));
        state.queues.entry("queue".to_owned()).or_default().messages.extend(messages);
        state.sms = texts.map(sms).collect();
        state.last_number = number;
        state.rates.insert("sweep".to_owned(), Instant::from_millis(60_000));
        state
    }

    fn holding(objects: &[(&str, &str)]) -> BTreeMap<String, Bucket> {
        let object = |(key, body): &(&str, &str)| {
            ((*key).to_owned(), Object::new("text/plain", body.as_bytes()))
        };
        BTreeMap::from([("bucket".to_owned(), objects.iter().map(object).collect())])
    }

    /// By changes that went through bytes, as a data folder keeps them.
    fn follow(kept: &mut State, state: &State) -> usize {
        let bytes = serde_json::to_vec(&state.changes_since(kept)).unwrap();
        let changes: Vec<StateChange> = serde_json::from_slice(&bytes).unwrap();
        let count = changes.len();
        changes.into_iter().for_each(|change| kept.take_up(change));
        count
    }

    #[test]
    fn changes_lead_from_one_state_to_the_next() {
        let states = [
            with(&[(1, 0), (2, 0)], 0..1, 2),
            with(&[(2, 1), (3, 0)], 0..3, 3),
            // The oldest text messages were dropped.
            with(&[(3, 1)], 2..4, 3),
            State { clock_ahead_ms: 5, ..with(&[(3, 2)], 0..2, 4) },
            State { rates: BTreeMap::new(), ..with(&[], 0..2, 4) },
            State { buckets: holding(&[("a", "1"), ("b", "2")]), ..with(&[], 0..2, 4) },
            State { buckets: holding(&[("b", "3")]), ..with(&[], 0..2, 4) },
        ];
        let mut kept = State::default();
        for state in &states {
            assert!(follow(&mut kept, state) > 0);
            assert_eq!(format!("{kept:?}"), format!("{state:?}"));
            assert_eq!(follow(&mut kept, state), 0, "nothing is kept twice");
        }
    }
}
