//! Which crashes are played, and in which order.
//!
//! A quiet run says which steps its invocations took. A step that ends before the first cloud call
//! leaves nothing half done: a crash there is no crash. From the first call on, an invocation can
//! be broken off after every call, before the next one, and when only its answer is lost.
//! Invocations that change nothing are left out, and so are those that went a way that another one
//! of the function went before.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Plan, Points};

/// How many invocations of a function are taken, each on a way of its own.
const PATHS_MAX: usize = 3;

/// How many of the known points are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The first and the last step of every function.
    Ends,
    All,
}

/// A crash of one seed's run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashPoint {
    pub seed: u64,
    pub plan: Plan,
}

/// Every known point, by function: the ends of its ways first, then what lies between.
#[must_use]
pub fn known(points_by_seed: &BTreeMap<u64, Points>) -> BTreeMap<String, Vec<CrashPoint>> {
    let mut paths: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    let mut ends: BTreeMap<String, Vec<CrashPoint>> = BTreeMap::new();
    let mut between: BTreeMap<String, Vec<CrashPoint>> = BTreeMap::new();
    for (seed, points) in points_by_seed {
        for ((function, nth), trace) in points {
            let Some(first) = trace.first_call.filter(|_| trace.writes > 0) else { continue };
            let known = paths.entry(function.clone()).or_default();
            if known.len() == PATHS_MAX || !known.insert(trace.path) {
                continue;
            }
            let last = trace.steps;
            for step in first..=last {
                let is_end = step == first || step == last;
                let place = if is_end { &mut ends } else { &mut between };
                let plan = Plan { function: function.clone(), nth: *nth, step };
                let point = CrashPoint { seed: *seed, plan };
                place.entry(function.clone()).or_default().push(point);
            }
        }
    }
    for (function, points) in between {
        ends.entry(function).or_default().extend(points);
    }
    ends
}

/// What is played, one point of every function before the next of any: time may be short.
#[must_use]
pub fn schedule(known: &BTreeMap<String, Vec<CrashPoint>>, reach: Reach) -> Vec<CrashPoint> {
    let longest = known.values().map(Vec::len).max().unwrap_or(0);
    let rounds = match reach {
        Reach::Ends => longest.min(2),
        Reach::All => longest,
    };
    let round = |index: usize| known.values().filter_map(move |points| points.get(index)).cloned();
    (0..rounds).flat_map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Trace;

    fn trace(first_call: u32, steps: u32, path: u64) -> Trace {
        Trace { steps, first_call: Some(first_call), calls: 2, writes: 1, path }
    }

    fn points(of: &[(&str, u32, Trace)]) -> BTreeMap<u64, Points> {
        let one = |(name, nth, trace): &(&str, u32, Trace)| (((*name).to_owned(), *nth), *trace);
        BTreeMap::from([(1, of.iter().map(one).collect())])
    }

    fn steps_of(points: &[CrashPoint]) -> Vec<(&str, u32, u32)> {
        points.iter().map(|it| (it.plan.function.as_str(), it.plan.nth, it.plan.step)).collect()
    }

    #[test]
    fn no_step_before_the_first_call_is_a_point() {
        let known = known(&points(&[("a", 1, trace(2, 5, 7))]));
        assert_eq!(steps_of(&known["a"]), [("a", 1, 2), ("a", 1, 5), ("a", 1, 3), ("a", 1, 4)]);
    }

    #[test]
    fn what_calls_nothing_or_changes_nothing_has_no_point() {
        let silent = Trace { first_call: None, calls: 0, writes: 0, ..trace(1, 3, 1) };
        let reading = Trace { writes: 0, ..trace(1, 3, 2) };
        assert!(known(&points(&[("a", 1, silent), ("b", 1, reading)])).is_empty());
    }

    #[test]
    fn each_way_of_a_function_is_known_once() {
        let known = known(&points(&[
            ("a", 1, trace(2, 3, 7)),
            ("a", 2, trace(2, 3, 7)),
            ("a", 3, trace(2, 3, 8)),
        ]));
        assert_eq!(steps_of(&known["a"]), [("a", 1, 2), ("a", 1, 3), ("a", 3, 2), ("a", 3, 3)]);
    }

    #[test]
    fn functions_take_turns_and_the_ends_come_first() {
        let known = known(&points(&[("GET a", 1, trace(2, 4, 1)), ("worker", 1, trace(1, 2, 2))]));
        let ends = schedule(&known, Reach::Ends);
        let due = [("GET a", 1, 2), ("worker", 1, 1), ("GET a", 1, 4), ("worker", 1, 2)];
        assert_eq!(steps_of(&ends), due);
        assert_eq!(schedule(&known, Reach::All).len(), 5);
        assert_eq!(steps_of(&schedule(&known, Reach::All))[..4], due);
    }
}
