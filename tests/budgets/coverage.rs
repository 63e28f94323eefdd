//! Nothing that is deployed is without a budget: what a function is there for, and everything that
//! its contract says it may answer instead.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use kernel::ProblemCode;

use super::{CHECKED_IN, book::Book};
use crate::support::root;

/// What serves nobody in any story, and why.
const WITHOUT: &[(&str, &str)] =
    &[("operation-answer-unknown", "what it answers are refusals; their rows are there")];

/// What a contract lists and no story provokes, by function (all of them when it names none), and
/// why not.
const UNPROVOKED: &[(&str, &str, &str)] = &[
    ("", "500 internal", "a fault of ours: whatever would provoke it is mended"),
    ("", "503 try-again", "a service that does not answer: faults are the simulation's"),
    (
        "operation-answer-unknown",
        "405 method-not-allowed",
        "in the cloud API Gateway sends it here; the local gateway answers by itself",
    ),
    ("exchange-reprice-order", "404 not-traded", "an item with open orders is not deleted"),
    ("auction-place-bid", "409 no-buy-now", "of buy-now: the two routes share a list"),
    ("auction-place-bid", "409 buy-now-gone", "no price reaches it: what does buys"),
    ("auction-buy-now", "409 buy-now-gone", "no price reaches it: what does buys"),
    ("auction-buy-now", "409 bid-too-low", "of bids: the two routes share a list"),
    ("auction-buy-now", "409 maximum-not-raised", "of bids: the two routes share a list"),
    ("auction-buy-now", "409 raises-used-up", "of bids: the two routes share a list"),
    (
        "auction-buy-now",
        "409 idempotency-in-progress",
        "what buys ends the auction: no bid follows",
    ),
    ("auction-place-bid", "409 price-changed", "of buy-now: the two routes share a list"),
    ("auction-place-bid", "503 not-decided", "a gateway's clock: `place_bid`'s own test has one"),
    ("auction-buy-now", "503 not-decided", "a gateway's clock: `place_bid`'s own test has one"),
];

fn checked_in() -> Book {
    Book::parse(&fs::read_to_string(root().join(CHECKED_IN)).unwrap())
}

/// Whether this is what the function is there for: a worker's work, a route's answer.
fn serves(outcome: &str) -> bool {
    outcome.starts_with("done") || outcome.starts_with('2')
}

#[test]
fn every_function_has_a_budget() {
    let kept = checked_in();
    let functions = registry::functions();
    let known: BTreeSet<String> = functions.iter().map(|function| function.id()).collect();
    let mut served = BTreeMap::new();
    for (function, outcome) in kept.rows() {
        assert!(known.contains(function), "{CHECKED_IN}: there is no {function}");
        *served.entry(function).or_insert(false) |= serves(outcome);
    }
    for (id, reason) in WITHOUT {
        assert!(known.contains(*id) && !reason.is_empty(), "no function {id}");
        assert_ne!(served.get(*id), Some(&true), "{id} has a budget: take it off the list");
    }
    let excused = |id: &String| WITHOUT.iter().any(|(function, _)| function == id);
    let bare = |id: &&String| !excused(id) && served.get(id.as_str()) != Some(&true);
    let bare: Vec<&String> = known.iter().filter(bare).collect();
    assert!(bare.is_empty(), "no story of `tests/budgets/` has these serve anybody: {bare:?}");
}

/// `409 bid-too-low`
fn outcome_of(problem: &ProblemCode) -> String {
    format!("{} {}", problem.status, problem.code)
}

#[test]
fn every_problem_of_a_contract_has_a_budget() {
    let kept = checked_in();
    let has = |id: &str, due: &str| {
        let of = |outcome: &str| outcome == due || outcome.starts_with(&format!("{due} "));
        kept.rows().any(|(function, outcome)| (id.is_empty() || function == id) && of(outcome))
    };
    let excused = |id: &str, due: &str| UNPROVOKED.iter().any(|it| (it.0, it.1) == (id, due));
    let mut bare = Vec::new();
    let mut listed: BTreeSet<(String, String)> = BTreeSet::new();
    for function in registry::functions() {
        let Some(http) = function.http() else { continue };
        let own = http.problems.iter().map(|problem| (function.id(), outcome_of(problem)));
        // The host's own are the same wherever they come: one row, of any function.
        let common = platform::http::common_problems(http);
        let common = common.iter().map(|problem| (String::new(), outcome_of(problem)));
        listed.extend(own.chain(common));
    }
    for (id, due) in &listed {
        match (has(id, due), excused(id, due)) {
            (false, false) => bare.push(format!("{id} {due}: no story provokes it")),
            (true, true) => bare.push(format!("{id} {due}: has a row, take it off the list")),
            _ => {}
        }
    }
    let stale = UNPROVOKED.iter().filter(|it| !listed.contains(&(it.0.into(), it.1.into())));
    bare.extend(stale.map(|(id, due, _)| format!("{id} {due}: in no contract, take it off")));
    assert!(bare.is_empty(), "{bare:#?}");
}
