//! Where fresh ids and random numbers come from. Tests and the simulation bring their own.

use aws_lc_rs::rand;
use kernel::Instant;
use uuid::Uuid;

pub trait Entropy: Send + Sync + 'static {
    /// 16 unguessable bytes: tokens, salts.
    fn random(&self) -> [u8; 16];

    /// 12 fresh bytes: what [`crate::Keys::encrypt`] wants with every text.
    fn nonce(&self) -> [u8; 12] {
        let [a, b, c, d, e, f, g, h, i, j, k, l, ..] = self.random();
        [a, b, c, d, e, f, g, h, i, j, k, l]
    }

    /// A UUIDv7 of `now`.
    fn uuid(&self, now: Instant) -> Uuid {
        let [.., a, b, c, d, e, f, g, h, i, j] = self.random();
        let millis = now.millis().unsigned_abs();
        uuid::Builder::from_unix_timestamp_millis(millis, &[a, b, c, d, e, f, g, h, i, j])
            .into_uuid()
    }
}

/// The operating system's.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        // aws-lc's generator reports no failure that a process could survive; an all-zero token
        // would be refused by its uniqueness condition.
        if rand::fill(&mut bytes).is_err() {
            std::process::abort();
        }
        bytes
    }
}
