//! The numbers (`rules.md`, "Auction"), in one place.

use kernel::{Span, Won};

/// An auction is closed this long after its end: a bid that arrived in time but is still on its
/// way to the table must not be beaten by whoever looks first, nor by a clock that runs ahead.
/// Covers the oldest arrival that counts ([`ARRIVAL_AGE_MAX`]) and three attempts to write.
pub const CLOSE_GRACE: Span = Span::seconds(3);
/// How much older than the function's clock a bid's arrival at the gateway may be to count: the
/// start of a container, not an hour in somebody's queue.
pub const ARRIVAL_AGE_MAX: Span = Span::seconds(2);
/// How often a leader may raise the own maximum before somebody else has led.
pub const RAISES_MAX: u8 = 20;
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
/// Card bids whose card was refused within 30 days that suspend further ones.
pub const SUSPENDING_CARD_STRIKES: u32 = 2;
/// Wins taken back before they were paid, within 90 days, that suspend selling.
pub const SUSPENDING_REFUSALS: u32 = 3;

/// The step to the next bid at `price`, unless the seller fixed one.
#[must_use]
pub const fn increment_at(price: Won) -> Won {
    Won::constant(match price.get() {
        i64::MIN..10_000 => 100,
        10_000..50_000 => 500,
        50_000..100_000 => 1_000,
        100_000..500_000 => 5_000,
        500_000..1_000_000 => 10_000,
        1_000_000..5_000_000 => 50_000,
        5_000_000.. => 100_000,
    })
}
