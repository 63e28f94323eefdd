//! A seed is a run.

use std::collections::BTreeSet;

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

/// What runs leave behind in their thread, their process or beside each other is no part of them.
#[test]
fn a_seed_is_the_same_to_the_byte_alone_after_others_and_beside_them() {
    let options = |seed| Options { short: true, history: true, ..Options::new(seed, 80) };
    let play_after = |others: &'static [u64], seed: u64| {
        move || {
            let others: Vec<Outcome> = others.iter().map(|seed| run(&options(*seed))).collect();
            assert!(others.iter().all(|other| other.counts.contains_key("http request")));
            run(&options(seed))
        }
    };
    let alone = std::thread::spawn(play_after(&[], 7)).join().unwrap();
    let beside = std::thread::spawn(play_after(&[3, 4], 5));
    let after_and_beside = std::thread::spawn(play_after(&[6], 7)).join().unwrap();
    beside.join().unwrap();
    for (number, (one, two)) in alone.history.iter().zip(&after_and_beside.history).enumerate() {
        assert_eq!(one, two, "line {number}");
    }
    assert_eq!(alone.history.len(), after_and_beside.history.len());
    assert_eq!(alone.digest, after_and_beside.digest);
    assert_eq!(alone.counts, after_and_beside.counts);
}

/// A quiet day and a stormy one of one seed are two histories, and both say so.
#[test]
fn a_history_begins_with_what_was_played() {
    let stormy = Options { short: true, history: true, ..Options::new(7, 20) };
    let quiet = Options { faults: Faults::None, ..stormy.clone() };
    let (one, two) = (run(&stormy), run(&quiet));
    assert_eq!(one.history.first(), Some(&stormy.to_string()));
    assert_ne!(one.history.first(), two.history.first());
    assert_ne!(one.digest, two.digest);
}

#[test]
fn nothing_is_found_on_a_quiet_day() {
    let quiet = Options { faults: Faults::None, short: true, ..Options::new(3, 200) };
    let outcome = run(&quiet);
    assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
    assert!(outcome.counts["trades paid"] > 0, "{:#?}", outcome.counts);
    assert_eq!(struck(&outcome.counts), Vec::<&str>::new());
}

/// A crash once put a fresh container in the place of any, and the one that had crashed went on
/// with what it remembered.
#[test]
fn a_crash_takes_its_own_container_and_no_other() {
    let world = world::World::new(&Options::new(1, 1));
    let before = world.fleet.containers();
    for crashed in before.clone() {
        world.fleet.crashed("auction-place-bid", crashed);
        assert!(!world.fleet.containers().contains(&crashed));
    }
    assert!(before.iter().all(|gone| !world.fleet.containers().contains(gone)));
    // It crashed while it was being recycled: nobody else goes for it.
    let now = world.fleet.containers();
    world.fleet.crashed("auction-place-bid", before[0]);
    assert_eq!(world.fleet.containers(), now);
    world.cloud.detach();
}

/// Every scheme is played to its end somewhere, and pays nowhere. With a rule off, one does: the
/// patches of `bugs` are found by this.
#[test]
fn a_hand_that_plots_earns_nothing() {
    let mut counts = Counts::new();
    for seed in 1..=3 {
        let quiet = Options { faults: Faults::None, short: true, ..Options::new(seed, 14) };
        let outcome = run(&quiet);
        assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
        counts.extend(outcome.counts);
    }
    for scheme in ["shill", "second-chance setter", "raiser", "price-slip hunter", "card spoofer"] {
        let tried = counts.keys().any(|what| what.starts_with(&format!("scheme {scheme}")));
        assert!(tried, "{scheme}: {counts:#?}");
    }
    assert!(counts["scheme shill played"] > 0, "{counts:#?}");
}

/// The kinds of faults that struck.
fn struck(counts: &Counts) -> Vec<&'static str> {
    let all = Fault::ALL.iter().filter(|it| counts.contains_key(&history_log::fault_count(**it)));
    all.map(|it| it.name()).collect()
}

#[test]
fn a_worker_and_a_route_that_are_broken_off_leave_nothing_undone() {
    let ask = Ask::read(&["crash".to_owned(), "--ops".to_owned(), "60".to_owned()]).unwrap();
    let quiet = run(&ask.options(2));
    let known = crash_plan::known(&BTreeMap::from([(2, quiet.points)]));
    for function in ["auction-on-head-changed", "POST auctions"] {
        let point = known[function].first().unwrap().clone();
        let outcome = run(&Options { plan: Some(point.plan), ..ask.options(2) });
        assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
        assert_eq!(struck(&outcome.counts), [Fault::Crash.name()]);
        assert_eq!(outcome.counts[&history_log::fault_count(Fault::Crash)], 1);
    }
}

#[test]
fn nothing_is_found_whatever_goes_wrong() {
    let mut kinds = BTreeSet::new();
    for seed in 4..7 {
        let outcome = run(&Options { short: true, ..Options::new(seed, 150) });
        assert!(outcome.findings.is_empty(), "{}", findings(&outcome));
        assert!(outcome.counts["bids accepted"] > 0, "{:#?}", outcome.counts);
        kinds.extend(struck(&outcome.counts));
    }
    assert!(kinds.len() > Fault::ALL.len() / 3, "{kinds:?}");
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
