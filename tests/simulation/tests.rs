//! A seed is a run.

use super::*;

/// The findings, for a failing test to show.
fn findings(outcome: &Outcome) -> String {
    let lines = outcome.findings.iter().map(|it| format!("seed {}: {}", it.seed, it.what));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_seed_played_twice_is_the_same_history() {
    let options = Options { short: true, ..Options::new(1, 60) };
    let (one, two) = (run(&options), run(&options));
    assert_eq!(one.counts, two.counts);
    assert_eq!(one.digest, two.digest);
}

#[test]
fn nothing_is_found_on_a_quiet_day() {
    let quiet = Options { faults: Faults::None, short: true, ..Options::new(3, 200) };
    let outcome = run(&quiet);
    assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
    assert!(outcome.counts["trades paid"] > 0, "{:#?}", outcome.counts);
}

#[test]
fn nothing_is_found_whatever_goes_wrong() {
    for seed in 4..7 {
        let outcome = run(&Options { short: true, ..Options::new(seed, 150) });
        assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
        assert!(outcome.counts["bids accepted"] > 0, "{:#?}", outcome.counts);
    }
}

#[test]
fn a_market_whose_bids_have_no_condition_is_found_out() {
    let saboteur = |action: &str, body: &mut serde_json::Value| {
        if action == "dynamodb:UpdateItem"
            && platform::current().is_some_and(|function| function.name == "place_bid")
        {
            body.as_object_mut().unwrap().remove("ConditionExpression");
        }
        Sabotage::None
    };
    let found = (1..=5).any(|seed| {
        let quiet = Options { short: true, faults: Faults::None, ..Options::new(seed, 120) };
        let broken = Options { saboteur: Some(Arc::new(saboteur)), ..quiet };
        !run(&broken).findings.is_empty()
    });
    assert!(found, "bids were lost, and nobody noticed");
}
