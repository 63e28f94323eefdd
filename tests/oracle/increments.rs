//! "Increment by current price unless the seller fixed one."

/// Below which price which step, in won.
const STEPS: [(i64, i64); 6] = [
    (10_000, 100),
    (50_000, 500),
    (100_000, 1_000),
    (500_000, 5_000),
    (1_000_000, 10_000),
    (5_000_000, 50_000),
];
/// From the last of them on.
const LAST_STEP: i64 = 100_000;

/// The step at `price`, both in won, where the seller fixed none.
#[must_use]
pub fn increment(price: i64) -> i64 {
    let step = STEPS.iter().find(|(below, _)| price < *below);
    step.map_or(LAST_STEP, |(_, step)| *step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_follows_the_price_at_both_sides_of_every_boundary() {
        for (price, step) in [
            (1, 100),
            (9_999, 100),
            (10_000, 500),
            (49_999, 500),
            (50_000, 1_000),
            (99_999, 1_000),
            (100_000, 5_000),
            (499_999, 5_000),
            (500_000, 10_000),
            (999_999, 10_000),
            (1_000_000, 50_000),
            (4_999_999, 50_000),
            (5_000_000, 100_000),
            (1_000_000_000_000, 100_000),
        ] {
            assert_eq!(increment(price), step, "at {price}");
        }
    }
}
