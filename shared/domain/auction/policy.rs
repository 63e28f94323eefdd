//! The numbers (`rules.md`, "Auction"), in one place.

use kernel::{Span, Won};

/// An accepted bid this close to the end moves the end to this long after the bid.
pub const SOFT_CLOSE: Span = Span::minutes(5);
/// The end never moves further than this past the scheduled end.
pub const EXTENSION_MAX: Span = Span::minutes(60);
/// The shortest and longest time between start and scheduled end.
pub const DURATION_MIN: Span = Span::minutes(1);
pub const DURATION_MAX: Span = Span::days(30);
/// How far ahead a start may be scheduled.
pub const START_DELAY_MAX: Span = Span::days(30);
/// Unpaid wins within 90 days that suspend bidding.
pub const SUSPENDING_STRIKES: u32 = 3;

/// The step to the next bid at `price`, unless the seller fixed one.
#[must_use]
pub const fn increment_at(price: Won) -> Won {
    Won::constant(match price.get() {
        ..=9_999 => 100,
        ..=49_999 => 500,
        ..=99_999 => 1_000,
        ..=499_999 => 5_000,
        ..=999_999 => 10_000,
        ..=4_999_999 => 50_000,
        _ => 100_000,
    })
}
