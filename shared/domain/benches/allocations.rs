//! What the domain asks of the heap. A test binary of its own: it counts with an allocator of its
//! own.

mod fixture;

use std::hint::black_box;

use allocation_counter::measure;
use fixture::{Auction, Outcome, book};
use jangteo_domain::{auction::decide, exchange};

#[test]
fn refusing_a_bid_allocates_nothing() -> Outcome<()> {
    let auction = Auction::after(3)?;
    assert_eq!(auction.history.len(), 3);
    let (losing, winning) = (auction.losing()?, auction.winning()?);
    let decided = |offer| {
        measure(|| {
            let decision = decide(black_box(&auction.head), &auction.bid, offer, auction.now);
            assert_eq!(black_box(decision).is_ok(), offer == winning);
        })
        .count_total
    };
    assert_eq!(decided(losing), 0);
    // The counter counts: the next head brings its newest entries.
    assert!(decided(winning) > 0);
    Ok(())
}

#[test]
fn matching_an_order_allocates_nothing() -> Outcome<()> {
    let (incoming, seen) = book()?;
    let count = measure(|| {
        assert!(black_box(exchange::decide(black_box(&incoming), &seen)).is_ok());
    });
    assert_eq!(count.count_total, 0);
    Ok(())
}
