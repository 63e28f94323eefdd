//! Nothing that is deployed is without a budget.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{CHECKED_IN, book::Book};
use crate::support::root;

/// What serves nobody in any story, and why.
const WITHOUT: &[(&str, &str)] =
    &[("operation-answer-unknown", "what it answers are refusals; their rows are there")];

/// Whether this is what the function is there for: a worker's work, a route's answer.
fn serves(outcome: &str) -> bool {
    outcome.starts_with("done") || outcome.starts_with('2')
}

#[test]
fn every_function_has_a_budget() {
    let kept = Book::parse(&fs::read_to_string(root().join(CHECKED_IN)).unwrap());
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
