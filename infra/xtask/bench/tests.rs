use std::fs;

use super::{
    Bench, Options,
    crowd::{Prices, attempts},
    hot_auction::{self, Outcome},
    hot_book, parse, picture,
    results::{Results, SVG_PATH},
    strategy::Strategy,
};

#[test]
fn options_are_read() {
    let read = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        parse(&words)
    };
    let plain = Options { only: None, quick: false, seconds: None, seed: 1, write: false };
    assert_eq!(read(&[]).unwrap(), plain);
    let asked = read(&["hot-auction", "--seconds", "4", "--seed", "7", "--write"]).unwrap();
    let only = Some(Bench::HotAuction);
    assert_eq!(asked, Options { only, quick: false, seconds: Some(4), seed: 7, write: true });
    for bad in [&["--seconds"][..], &["--seed", "x"], &["instructions?"]] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn the_picture_is_drawn_from_the_figures_beside_it() {
    let root = crate::root();
    let results = Results::read(&root).unwrap();
    assert!(results.hot_auction.is_some() && results.throughput.is_some());
    let drawn = fs::read_to_string(root.join(SVG_PATH)).unwrap();
    assert!(drawn == picture::draw(&results), "run `cargo xtask bench picture`");
}

#[test]
fn a_crowd_comes_at_its_rate_and_looks_back() {
    let crowd: Vec<_> = attempts(1, 500, 4, 30).collect();
    assert_eq!(crowd.len(), 2_000);
    assert!(crowd.is_sorted_by_key(|attempt| attempt.at_ms));
    assert!(crowd.iter().all(|attempt| attempt.bidder < 30));
    let in_second = |second| crowd.iter().filter(|a| a.at_ms / 1_000 == second).count();
    assert!((0..4).all(|second| in_second(second).abs_diff(500) <= 1));
    assert_ne!(crowd, attempts(2, 500, 4, 30).collect::<Vec<_>>());

    let mut prices = Prices::new(100);
    let attempt = |looked_ms| super::crowd::Attempt { looked_ms, raises: 2, ..crowd[0] };
    assert_eq!(prices.offer(&attempt(50), 1_000), 1_100);
    prices.rose(40, 1_500);
    prices.rose(60, 1_400);
    assert_eq!(prices.offer(&attempt(39), 1_000), 1_100);
    assert_eq!(prices.offer(&attempt(50), 1_000), 1_700);
    assert_eq!(prices.offer(&attempt(90), 1_000), 1_700, "a price never falls");
}

/// A second of virtual time.
fn rush(strategy: Strategy, rate: u64) -> Outcome {
    hot_auction::play(strategy, rate, 1, 1).unwrap()
}

#[test]
fn the_filter_decides_more_attempts_than_the_item_takes_writes() {
    let product = rush(Strategy::Product, 1_500);
    assert_eq!((product.decided_per_mille(), product.throttled), (1_000, 0), "{product:?}");
    assert!(product.milli_writes < 200, "{product:?}");
}

#[test]
fn without_the_filter_the_item_is_at_its_limit() {
    let alone = rush(Strategy::ConditionalWrite, 1_500);
    assert!(alone.throttled > 100 && alone.milli_writes_decided() >= 990, "{alone:?}");
    let transaction = rush(Strategy::Transaction, 800);
    assert!(transaction.decided_per_mille() < 800, "{transaction:?}");
}

#[test]
fn the_same_seed_ends_in_the_same_figures() {
    let play = || hot_auction::play(Strategy::Product, 200, 1, 7).unwrap();
    assert_eq!(play(), play());
}

/// F12: nobody starves on one book, and nobody is overtaken.
#[test]
fn f12_two_hundred_placements_at_once_are_all_answered_in_their_order() {
    for at_once in [64, 200] {
        let outcome = hot_book::play(at_once, 1).unwrap();
        println!("{outcome:?}");
        assert_eq!((outcome.unavailable, outcome.overtaken), (0, 0), "{outcome:?}");
        assert!(outcome.p95_ms <= 5_000 && outcome.most_ms < 29_000, "{outcome:?}");
        assert!(outcome.met > at_once / 5 && outcome.rested > at_once / 5, "{outcome:?}");
    }
}
