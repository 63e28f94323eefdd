//! A seed is a run.

use super::*;

/// The findings, for a failing test to show.
fn findings(outcome: &Outcome) -> String {
    let lines = outcome.findings.iter().map(|it| format!("seed {}: {}", it.seed, it.what));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_seed_played_twice_is_the_same_history() {
    let options = Options::new(1, 40);
    let (one, two) = (run(&options), run(&options));
    assert_eq!(one.counts, two.counts);
    assert_eq!(one.digest, two.digest);
    assert_ne!(one.digest, run(&Options::new(2, 40)).digest);
}

#[test]
fn nothing_is_found_on_a_quiet_day() {
    let quiet = Options { faults: Faults::None, ..Options::new(3, 150) };
    let outcome = run(&quiet);
    assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
    assert!(outcome.counts["trades settled"] > 0, "{:#?}", outcome.counts);
}

#[test]
fn nothing_is_found_whatever_goes_wrong() {
    for seed in 4..5 {
        let outcome = run(&Options::new(seed, 150));
        assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
        assert!(outcome.counts["bids accepted"] > 0, "{:#?}", outcome.counts);
    }
}
