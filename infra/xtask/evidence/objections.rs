//! Why figures are not taken for what the page says of them.

use figures::{Figures, Run, UNKNOWN};
use serde_json::Value;

use super::parts::Evidence;

/// The page speaks of at least so many seeds; `.ci/run` plays fewer.
const SEEDS_MIN: u64 = 300;

/// Runs of another commit than `head`, or of a tree that was changed. What is kept already was
/// taken when it was of the commit of its time.
pub(super) fn of_another_tree(now: &Evidence, kept: &Evidence, head: Option<&str>) -> Vec<String> {
    let new = now.iter().filter(|(name, figures)| kept.get(*name) != Some(*figures));
    let told = new.filter_map(|(name, figures)| {
        another_tree(&figures.run, head).map(|why| format!("{name} {why}"))
    });
    told.collect()
}

fn another_tree(run: &Run, head: Option<&str>) -> Option<String> {
    let commit = run.commit.get(..9).unwrap_or(&run.commit);
    match (run.dirty, head) {
        (Some(true), _) => Some(format!("ran on a tree that was changed since {commit}")),
        (None, _) | (_, None) => Some("ran on a commit that nobody knows".to_owned()),
        (Some(false), Some(head)) if run.commit == UNKNOWN || run.commit != head => {
            Some(format!("ran on {commit}"))
        }
        _ => None,
    }
}

/// Runs that would be on the page for more than they show.
pub(super) fn that_show_less(evidence: &Evidence) -> Vec<String> {
    let main = evidence.get("simulation").into_iter().flat_map(main_run);
    let crashes = evidence.get("crashes").into_iter().flat_map(crash_run);
    main.chain(crashes).collect()
}

/// Runs that are too short for the page.
pub(super) fn that_are_short(evidence: &Evidence) -> Vec<String> {
    let seeds = evidence.get("simulation").map(|main| number(main, "seeds"));
    let few = seeds.filter(|seeds| *seeds < SEEDS_MIN);
    few.map(|seeds| format!("simulation: {seeds} seeds of {SEEDS_MIN}")).into_iter().collect()
}

/// The main run has faults, and each kind of them.
fn main_run(main: &Figures) -> Vec<String> {
    let mut objections = Vec::new();
    let kind = main.figures.get("kind").and_then(Value::as_str).unwrap_or("unknown");
    if kind != "faults" {
        objections.push(format!("simulation: a run of kind {kind} is not the main run"));
    }
    if number(main, "faults struck") == 0 {
        objections.push("simulation: no fault struck".to_owned());
    }
    match main.figures.get("faults by kind").and_then(Value::as_object) {
        None => objections.push("simulation: the faults are not told by kind".to_owned()),
        Some(kinds) => {
            let never = kinds.iter().filter(|(_, times)| times.as_u64().unwrap_or(0) == 0);
            objections.extend(never.map(|(kind, _)| format!("simulation: never struck: {kind}")));
        }
    }
    let findings = number(main, "findings");
    if findings != 0 {
        objections.push(format!("simulation: {findings} findings"));
    }
    objections
}

/// Every function that has crash points crashed at one, at least.
fn crash_run(crashes: &Figures) -> Vec<String> {
    let mut objections = Vec::new();
    if number(crashes, "crash points played") == 0 {
        objections.push("crashes: no invocation crashed".to_owned());
    }
    let rows = crashes.figures.get("crash points by function").and_then(Value::as_array);
    for row in rows.into_iter().flatten() {
        let played = row.get("played").and_then(Value::as_u64).unwrap_or(0);
        if played == 0 {
            let name = row.get("function").and_then(Value::as_str).unwrap_or_default();
            objections.push(format!("crashes: {name} never crashed"));
        }
    }
    objections
}

fn number(figures: &Figures, name: &str) -> u64 {
    figures.figures.get(name).and_then(Value::as_u64).unwrap_or(0)
}
