//! `ClientRequestToken`: a transaction sent twice happens once.

use std::collections::BTreeMap;

use kernel::{Instant, Span};
use serde_json::Value;

/// How long a token is remembered.
const TOKEN_LIFE: Span = Span::minutes(10);

/// The transactions done within [`TOKEN_LIFE`].
#[derive(Debug, Default)]
pub(super) struct Tokens(BTreeMap<String, Done>);

#[derive(Debug)]
struct Done {
    at: Instant,
    items: Value,
    answer: Value,
}

/// What is known of a token.
pub(super) enum Replay {
    New,
    /// Done before with the same items: answer this again.
    Same(Value),
    /// Done before with other items.
    Different,
}

impl Tokens {
    pub fn look(&self, token: &str, items: &Value, now: Instant) -> Replay {
        match self.0.get(token) {
            Some(done) if done.at + TOKEN_LIFE <= now => Replay::New,
            Some(done) if done.items == *items => Replay::Same(done.answer.clone()),
            Some(_) => Replay::Different,
            None => Replay::New,
        }
    }

    pub fn keep(&mut self, token: String, items: Value, answer: Value, now: Instant) {
        // Every so often, so that a long run does not keep every transaction it ever made.
        if self.0.len().is_multiple_of(256) {
            self.0.retain(|_, done| done.at + TOKEN_LIFE > now);
        }
        self.0.insert(token, Done { at: now, items, answer });
    }
}
