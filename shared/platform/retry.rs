//! Trying again in handlers: the store's policies, with this container's chance.
//!
//! Promises: what is waited is drawn from [`Entropy`](crate::Entropy), so that a run that is played
//! again waits as long. A request whose every attempt was lost may be sent again.

pub use store::retry::{Attempts, Backoff, Exhausted, Policy};

use crate::{App, Problem};

/// Waits before the next attempt, as the policy of `attempts` says.
pub async fn pause(app: &App, attempts: &Attempts) {
    let chance = || {
        let [high, low, ..] = app.entropy.random();
        u16::from_be_bytes([high, low])
    };
    attempts.pause(chance).await;
}

impl From<Exhausted> for Problem {
    fn from(exhausted: Exhausted) -> Self {
        Self::try_again(exhausted)
    }
}
