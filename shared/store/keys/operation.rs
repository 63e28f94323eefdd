//! Keys of the operation table: leases, stored answers, rates.

use kernel::{Instant, UserId};
use uuid::Uuid;

use super::key::{ALONE, Key};

/// The partition of the public keys: the only one of its table that most functions may read.
pub const PUBLIC_KEYS_PARTITION: &str = "public-keys";

#[must_use]
pub fn public_keys() -> Key {
    Key::new(PUBLIC_KEYS_PARTITION, ALONE)
}

#[must_use]
pub fn lease(job: &str) -> Key {
    Key::new(format!("lease#{job}"), ALONE)
}

/// How far a job has got.
#[must_use]
pub fn swept(job: &str) -> Key {
    Key::new(format!("swept#{job}"), ALONE)
}

/// How `of` answered of late to what `policy` watches over.
#[must_use]
pub fn breaker(policy: &str, of: &str) -> Key {
    Key::new(format!("breaker#{policy}#{of}"), ALONE)
}

#[must_use]
pub fn idempotency(user: UserId, route: &str, key: &str) -> Key {
    Key::new(format!("idempotency#{user}#{route}#{key}"), ALONE)
}

/// What staff did in a month in Seoul (`2026-11`), oldest first.
#[must_use]
pub fn staff_acts(month: &str) -> String {
    format!("staff#{month}")
}
#[must_use]
pub fn staff_act(month: &str, at: Instant, id: Uuid) -> Key {
    Key::new(staff_acts(month), format!("{at}#{id}"))
}

/// A counter of `what` for `whom` (an account, an address) in one window of time.
#[must_use]
pub fn rate(what: &str, whom: &str) -> Key {
    Key::new(format!("rate#{what}#{whom}"), ALONE)
}
