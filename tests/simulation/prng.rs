//! All chance of a run: numbers drawn from its seed, in one stream per purpose.

use std::sync::{Arc, Mutex, PoisonError};

use platform::Entropy;

/// A stream of numbers (SplitMix64). Clones draw from the same stream.
#[derive(Clone, Debug)]
pub struct Prng(Arc<Mutex<u64>>);

impl Prng {
    /// The stream of a seed for one purpose: what one draws moves no other.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(Arc::new(Mutex::new(purpose.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, mix))))
    }

    pub fn draw(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub fn below(&self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        usize::try_from(self.draw().checked_rem(limit).unwrap_or(0)).unwrap_or(0)
    }

    /// One of `from` to `to`, both included.
    pub fn between(&self, from: i64, to: i64) -> i64 {
        let width = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(width)).unwrap_or(0)
    }

    /// True so many times in a thousand.
    pub fn often(&self, per_thousand: u32) -> bool {
        self.draw() % 1_000 < u64::from(per_thousand)
    }

    /// One of them.
    pub fn pick<'a, T>(&self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }

    /// One of them, by weight.
    pub fn weighted<T: Copy>(&self, from: &[(u32, T)]) -> T {
        let all: usize = from.iter().map(|(weight, _)| *weight as usize).sum();
        let mut left = self.below(all);
        for (weight, it) in from {
            match left.checked_sub(*weight as usize) {
                Some(rest) => left = rest,
                None => return *it,
            }
        }
        from[0].1
    }
}

/// The containers' randomness.
impl Entropy for Prng {
    fn random(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.draw().to_be_bytes());
        bytes[8..].copy_from_slice(&self.draw().to_be_bytes());
        bytes
    }
}
