//! Repeatable randomness (SplitMix64).

/// The draws of one knob, anew for another seed.
#[derive(Debug, Default)]
pub(crate) struct Draws(Option<(u64, Random)>);

impl Draws {
    pub fn of(&mut self, seed: u64) -> &mut Random {
        if self.0.as_ref().is_none_or(|(old, _)| *old != seed) {
            self.0 = None;
        }
        &mut self.0.get_or_insert_with(|| (seed, Random::new(seed))).1
    }
}

/// The same seed draws the same numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit` (0 for a limit of 0).
    pub const fn below(&mut self, limit: u64) -> u64 {
        match self.draw().checked_rem(limit) {
            Some(number) => number,
            None => 0,
        }
    }

    /// Whether this is one of so many of a thousand.
    pub fn hits(&mut self, per_thousand: u32) -> bool {
        self.below(1_000) < u64::from(per_thousand)
    }

    /// One of `items`, `None` when there is none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(u64::try_from(items.len()).unwrap_or(0));
        items.get(usize::try_from(index).unwrap_or(0))
    }
}
