//! The second-chance cascade.

use super::*;
use crate::trade::second_chance::{BidMade, Cascade, OFFERS_MAX, runner_up};

const SELLER: u128 = 1;
const WINNER: u128 = 2;

fn asked(bids: &[(u128, i64)], floor: i64, ceiling: i64, round: u8) -> Option<(u128, i64)> {
    let bids: Vec<BidMade> = bids
        .iter()
        .map(|(bidder, maximum)| BidMade { bidder: id(*bidder), maximum: Won::constant(*maximum) })
        .collect();
    let cascade = Cascade {
        seller: id(SELLER),
        winner: id(WINNER),
        floor: Won::constant(floor),
        ceiling: Won::constant(ceiling),
    };
    let next = runner_up(&bids, &cascade, round);
    next.map(|(user, price)| (user.uuid().as_u128(), price.get()))
}

#[test]
fn the_highest_bids_of_distinct_bidders_in_turn() {
    let bids = [
        (3, 100),
        (4, 200),
        (WINNER, 900),
        (3, 300),
        (5, 200),
        (SELLER, 800),
        (6, 50),
        (7, 40),
        (4, 150),
    ];
    let rounds: Vec<_> = (0..=4).map(|round| asked(&bids, 0, 900, round)).collect();
    assert_eq!(rounds, [None, Some((3, 300)), Some((4, 200)), Some((5, 200)), None]);
    assert_eq!(OFFERS_MAX, 3);
}

#[test]
fn among_equals_whoever_was_ready_first() {
    // Bidder 3 began first, but offered 200 after bidder 4 did.
    let bids = [(3, 100), (4, 200), (3, 200)];
    assert_eq!(asked(&bids, 0, 900, 1), Some((4, 200)));
    assert_eq!(asked(&bids, 0, 900, 2), Some((3, 200)));
}

#[test]
fn never_below_the_reserve_nor_above_the_price() {
    let bids = [(3, 500), (4, 90)];
    assert_eq!(asked(&bids, 100, 300, 1), Some((3, 300)));
    assert_eq!(asked(&bids, 100, 300, 2), None);
    assert_eq!(asked(&[], 0, 900, 1), None);
    assert_eq!(asked(&[(WINNER, 900)], 0, 900, 1), None);
}
