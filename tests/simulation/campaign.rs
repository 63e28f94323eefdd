//! Many runs, as many at once as there are cores, and what they came to together.
#![allow(clippy::print_stdout, reason = "it speaks to a person at a terminal")]

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    sync::Mutex,
    time::{Duration, Instant},
};

use crate::{
    Counts, Finding, Options, Outcome, Points, ask::Ask, crash_plan, faults::Fault,
    history_log::fault_count, run,
};

/// What all runs together came to.
#[derive(Debug, Default)]
pub struct Sum {
    pub runs: u64,
    pub seeds: BTreeSet<u64>,
    pub played_seconds: i64,
    pub counts: Counts,
    pub findings: Vec<Finding>,
    pub digests: BTreeMap<u64, String>,
    /// How many crash points each function has, and at how many it crashed.
    pub crashes: BTreeMap<String, Crashed>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crashed {
    pub known: u64,
    pub played: u64,
}

/// Plays what was asked for.
#[must_use]
pub fn play(ask: &Ask) -> Sum {
    let until = ask.seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut sum = Sum::default();
    match (ask.replay, ask.crash) {
        (Some(seed), _) => {
            let options = Options { history: true, ..ask.options(seed) };
            let outcome = run(&options);
            outcome.history.iter().for_each(|line| println!("{line}"));
            println!("digest {} of {options}", outcome.digest);
            sum.add(&options, Some(outcome));
        }
        (None, None) => {
            let last = if until.is_some() { u64::MAX } else { ask.last };
            side_by_side(until, (ask.first..=last).map(|seed| ask.options(seed)), &mut sum);
        }
        (None, Some(reach)) => {
            let known = crash_plan::known(&quiet_days(ask));
            let count = |points: &Vec<_>| u64::try_from(points.len()).unwrap_or(u64::MAX);
            let unplayed = |points| Crashed { known: count(points), played: 0 };
            sum.crashes = known.iter().map(|(name, it)| (name.clone(), unplayed(it))).collect();
            let points = crash_plan::schedule(&known, reach).into_iter();
            let options = points.map(|it| Options { plan: Some(it.plan), ..ask.options(it.seed) });
            side_by_side(until, options, &mut sum);
        }
    }
    sum
}

/// Where the invocations of each seed can be broken off.
fn quiet_days(ask: &Ask) -> BTreeMap<u64, Points> {
    let seeds = Mutex::new(ask.first..=ask.last);
    let points = Mutex::new(BTreeMap::new());
    on_every_core(|| {
        let Some(seed) = seeds.lock().unwrap().next() else { return false };
        let outcome = run(&ask.options(seed));
        points.lock().unwrap().insert(seed, outcome.points);
        true
    });
    points.into_inner().unwrap()
}

fn side_by_side(until: Option<Instant>, jobs: impl Iterator<Item = Options> + Send, sum: &mut Sum) {
    let jobs = Mutex::new(jobs);
    let shared = Mutex::new(std::mem::take(sum));
    on_every_core(|| {
        if until.is_some_and(|until| Instant::now() >= until) {
            return false;
        }
        let Some(options) = jobs.lock().unwrap().next() else { return false };
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run(&options)));
        shared.lock().unwrap().add(&options, outcome.ok());
        true
    });
    *sum = shared.into_inner().unwrap();
}

/// Calls `work` again and again until it says that there is none left.
fn on_every_core(work: impl Fn() -> bool + Sync) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| while work() {});
        }
    });
}

impl Sum {
    /// Adds a run; one without an outcome has panicked, which is a finding of its own.
    fn add(&mut self, options: &Options, outcome: Option<Outcome>) {
        let seed = options.seed;
        self.runs += 1;
        self.seeds.insert(seed);
        let Some(outcome) = outcome else {
            return self.found(options, format!("the run itself panicked: {:?}", options.plan));
        };
        self.played_seconds += outcome.played_seconds;
        if let Some(plan) = &options.plan {
            let crashes = outcome.counts.get(&fault_count(Fault::Crash)).copied().unwrap_or(0);
            let crashed = self.crashes.entry(plan.function.clone()).or_default();
            crashed.played += crashes;
            if crashes != 1 {
                self.found(options, format!("{crashes} crashes, not the one that was planned"));
            }
        } else {
            self.digests.insert(seed, outcome.digest);
        }
        for (name, count) in outcome.counts {
            *self.counts.entry(name).or_default() += count;
        }
        outcome.findings.into_iter().for_each(|finding| self.found(options, finding.what));
    }

    fn found(&mut self, options: &Options, what: String) {
        let seed = options.seed;
        let what = match &options.plan {
            Some(plan) => format!("{plan:?}: {what}"),
            None => what,
        };
        println!("seed {seed}: {what}");
        self.findings.push(Finding { seed, what });
    }
}
