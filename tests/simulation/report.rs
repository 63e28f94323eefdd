//! What a campaign came to, as figures, and whether it may count as one.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{
    ask::{Ask, Kind},
    campaign::Sum,
    faults::{Fault, Habit, NOT_INJECTED},
    history_log::{fault_count, habit_count},
};

/// Every figure, by name.
#[must_use]
pub fn figures(ask: &Ask, sum: &Sum, real: Duration) -> Map<String, Value> {
    let count = |name: &str| sum.counts.get(name).copied().unwrap_or(0);
    let calls = sum.counts.iter().filter(|(name, _)| name.starts_with("call "));
    let calls: u64 = calls.map(|(_, number)| number).sum();
    let invocations = ["queue batch", "stream batch", "schedule tick"].map(count).iter().sum();
    let operations: u64 = [calls, invocations, count("http request")].iter().sum();
    let real_ms = u64::try_from(real.as_millis().max(1)).unwrap_or(1);
    let mut figures = Map::new();
    let mut say = |name: &str, value: Value| figures.insert(name.to_owned(), value);
    say("kind", json!(ask.kind().name()));
    say("runs", json!(sum.runs));
    say("seeds", json!(sum.seeds.len()));
    say("findings", json!(sum.findings.len()));
    say("operations", json!(operations));
    say("operations: cloud calls", json!(calls));
    say("operations: deliveries and ticks", json!(invocations));
    say("operations: http requests", json!(count("http request")));
    say("real seconds", json!(real_ms / 1_000));
    say("operations per second", json!(operations * 1_000 / real_ms));
    say("virtual days", json!(sum.played_seconds / 86_400));
    say("virtual time per real time", json!(sum.played_seconds.unsigned_abs() * 1_000 / real_ms));
    for (name, count) in &sum.counts {
        if !name.starts_with("fault ") && !name.starts_with("habit ") {
            say(name, json!(count));
        }
    }
    if let Some((seed, digest)) = sum.digests.iter().next() {
        say(&format!("digest of seed {seed}"), json!(digest));
        say("digest of", json!(ask.options(*seed).to_string()));
    }
    figures.extend(match ask.kind() {
        Kind::Crashes => crash_figures(sum),
        _ => fault_figures(sum),
    });
    figures
}

/// Every kind that there is, those that never struck with 0.
fn fault_figures(sum: &Sum) -> Map<String, Value> {
    let count = |name: String| json!(sum.counts.get(&name).copied().unwrap_or(0));
    let faults = Fault::ALL.iter().map(|it| (it.name().to_owned(), count(fault_count(*it))));
    let habits = Habit::ALL.iter().map(|it| (it.name().to_owned(), count(habit_count(*it))));
    let figures = [
        ("faults struck", json!(struck(sum))),
        ("faults by kind", Value::Object(faults.collect())),
        ("bad habits by kind", Value::Object(habits.collect())),
        ("kinds of faults not injected yet", json!(NOT_INJECTED)),
    ];
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn crash_figures(sum: &Sum) -> Map<String, Value> {
    let rows = sum.crashes.iter().map(|(function, crashed)| {
        json!({ "function": function, "known": crashed.known, "played": crashed.played })
    });
    let known: u64 = sum.crashes.values().map(|it| it.known).sum();
    let played: u64 = sum.crashes.values().map(|it| it.played).sum();
    let figures = [
        ("crash points known", json!(known)),
        ("crash points played", json!(played)),
        ("functions with crash points", json!(sum.crashes.len())),
        ("crash points by function", Value::Array(rows.collect())),
    ];
    figures.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// How many faults struck, of any kind.
fn struck(sum: &Sum) -> u64 {
    Fault::ALL.iter().filter_map(|it| sum.counts.get(&fault_count(*it))).sum()
}

/// Why the campaign shows nothing, if it does not: faults that never strike find nothing.
#[must_use]
pub fn shows_nothing(ask: &Ask, sum: &Sum) -> Option<&'static str> {
    match ask.kind() {
        Kind::Quiet => None,
        // A replay of a quiet run is quiet, too.
        Kind::Replay if ask.quiet || ask.crash.is_some() => None,
        _ if struck(sum) == 0 => Some("no fault struck: nothing was shown (--quiet asks for that)"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::Crashed;

    fn ask(words: &[&str]) -> Ask {
        Ask::read(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    fn of(counts: &[(String, u64)]) -> Sum {
        Sum { counts: counts.iter().cloned().collect(), ..Sum::default() }
    }

    #[test]
    fn a_run_in_which_nothing_struck_shows_nothing_unless_that_was_asked_for() {
        let nothing = of(&[("call dynamodb:Query".to_owned(), 9)]);
        assert!(shows_nothing(&ask(&[]), &nothing).is_some());
        assert!(shows_nothing(&ask(&["crash"]), &nothing).is_some());
        assert!(shows_nothing(&ask(&["--replay", "3"]), &nothing).is_some());
        assert!(shows_nothing(&ask(&["--quiet"]), &nothing).is_none());
        let one = of(&[(fault_count(Fault::Throttled), 1)]);
        assert!(shows_nothing(&ask(&[]), &one).is_none());
    }

    #[test]
    fn what_people_do_on_any_day_is_no_fault() {
        let habits = of(&[(habit_count(Habit::AskedAgain), 5)]);
        assert!(shows_nothing(&ask(&[]), &habits).is_some());
        let figures = figures(&ask(&[]), &habits, Duration::from_secs(1));
        assert_eq!(figures["faults struck"], 0);
        assert_eq!(figures["bad habits by kind"][Habit::AskedAgain.name()], 5);
    }

    #[test]
    fn every_kind_of_fault_has_a_figure_though_it_never_struck() {
        let sum = of(&[(fault_count(Fault::Crash), 3)]);
        let figures = figures(&ask(&[]), &sum, Duration::from_secs(1));
        let kinds = figures["faults by kind"].as_object().unwrap();
        assert_eq!(kinds.len(), Fault::ALL.len());
        assert_eq!(
            (&kinds[Fault::Crash.name()], &kinds[Fault::Poison.name()]),
            (&json!(3), &json!(0))
        );
        assert_eq!(figures["faults struck"], 3);
    }

    #[test]
    fn crash_points_are_told_by_function() {
        let mut sum = of(&[(fault_count(Fault::Crash), 2)]);
        sum.crashes.insert("POST auctions".to_owned(), Crashed { known: 9, played: 2 });
        let figures = figures(&ask(&["crash"]), &sum, Duration::from_secs(1));
        assert_eq!(figures["kind"], "crashes");
        assert_eq!(
            (&figures["crash points known"], &figures["crash points played"]),
            (&json!(9), &json!(2))
        );
        let row = json!({ "function": "POST auctions", "known": 9, "played": 2 });
        assert_eq!(figures["crash points by function"], json!([row]));
    }
}
