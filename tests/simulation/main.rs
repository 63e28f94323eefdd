//! `simulate`: plays many seeds and tells what was found. `cargo xtask simulate` builds it first.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for a person at a terminal")]

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::AssertUnwindSafe,
    process::ExitCode,
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use jangteo_simulation::{Counts, Faults, Finding, Options, Plan, run};
use serde_json::{Map, Value, json};

/// How many invocations of each function are crashed at every step.
const OCCURRENCES: u32 = 3;

/// What was asked for.
struct Ask {
    /// Crash every invocation of a quiet market at each of its steps instead.
    crash: bool,
    first: u64,
    last: u64,
    steps: u32,
    seconds: Option<u64>,
    replay: Option<u64>,
    json: Option<String>,
    quiet: bool,
    dynoxide: bool,
}

/// What all seeds together came to.
#[derive(Default)]
struct Sum {
    seeds: u64,
    crash_points: u64,
    /// Functions and routes that crashed at every step.
    crashed: BTreeSet<String>,
    played_seconds: i64,
    counts: Counts,
    findings: Vec<Finding>,
    digests: BTreeMap<u64, String>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match read(&arguments).and_then(|ask| play(&ask)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[String]) -> anyhow::Result<Ask> {
    let mut ask = Ask {
        crash: false,
        first: 1,
        last: 20,
        steps: 600,
        seconds: None,
        replay: None,
        json: None,
        quiet: false,
        dynoxide: false,
    };
    let mut left = arguments.iter();
    while let Some(name) = left.next() {
        match name.as_str() {
            "--quiet" => {
                ask.quiet = true;
                continue;
            }
            "--dynoxide" => {
                ask.dynoxide = true;
                continue;
            }
            "crash" => {
                ask.crash = true;
                continue;
            }
            _ => {}
        }
        let value = left.next().with_context(|| format!("{name} wants a value"))?;
        match name.as_str() {
            "--seeds" => {
                let (first, last) = value.split_once("..").context("--seeds A..B")?;
                (ask.first, ask.last) = (first.parse()?, last.parse()?);
            }
            "--ops" => ask.steps = value.parse()?,
            "--seconds" => ask.seconds = Some(value.parse()?),
            "--replay" => ask.replay = Some(value.parse()?),
            "--json" => ask.json = Some(value.clone()),
            other => bail!(
                "simulate [crash] [--seeds A..B] [--ops N] [--seconds S] [--replay SEED] \
                 [--json FILE] [--quiet] [--dynoxide]: {other}?"
            ),
        }
    }
    Ok(ask)
}

fn options(ask: &Ask, seed: u64) -> Options {
    let faults = if ask.quiet { Faults::None } else { Faults::All };
    Options { faults, dynoxide: ask.dynoxide, ..Options::new(seed, ask.steps) }
}

/// Whether nothing was found.
fn play(ask: &Ask) -> anyhow::Result<bool> {
    if let Some(seed) = ask.replay {
        let outcome = run(&Options { history: true, ..options(ask, seed) });
        outcome.history.iter().for_each(|line| println!("{line}"));
        for finding in &outcome.findings {
            println!("FOUND {}", finding.what);
        }
        println!("digest {} of {}", outcome.digest, options(ask, seed));
        return Ok(outcome.findings.is_empty());
    }
    let began = Instant::now();
    let until = ask.seconds.map(|seconds| began + Duration::from_secs(seconds));
    let jobs = if ask.crash { crashes(ask) } else { seeds(ask) };
    let jobs = Mutex::new(jobs);
    let sum = Mutex::new(Sum::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| work(until, &jobs, &sum));
        }
    });
    let sum = sum.into_inner().unwrap();
    let figures = figures(ask, &sum, began.elapsed());
    for (name, value) in &figures {
        println!("{name:<44} {value}");
    }
    if let Some(path) = &ask.json {
        if let Some(folder) = std::path::Path::new(path).parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(&Value::Object(figures))?)?;
    }
    for finding in &sum.findings {
        println!("FOUND with seed {}: {}", finding.seed, finding.what);
    }
    Ok(sum.findings.is_empty())
}

/// What is still to be played.
type Jobs<'a> = Box<dyn Iterator<Item = Options> + Send + 'a>;

/// Seed after seed; without end when a time is set.
fn seeds(ask: &Ask) -> Jobs<'_> {
    let last = if ask.seconds.is_some() { u64::MAX } else { ask.last };
    Box::new((ask.first..=last).map(|seed| options(ask, seed)))
}

/// Every step of the first invocations of every function, on a day on which nothing else fails.
fn crashes(ask: &Ask) -> Jobs<'_> {
    let points = (ask.first..=ask.last).flat_map(|seed| {
        let quiet = Options { faults: Faults::None, short: true, ..options(ask, seed) };
        let points = run(&quiet).points.into_iter();
        let first = points.filter(|((name, nth), _)| *nth <= OCCURRENCES && !is_read(name));
        let plans = first.flat_map(|((function, nth), steps)| {
            (1..=steps).map(move |step| Plan { function: function.clone(), nth, step })
        });
        // Every function once, before any twice: time may be short.
        let mut plans: Vec<Plan> = plans.collect();
        plans.sort_by_key(|plan| (plan.nth, plan.step, plan.function.clone()));
        plans.into_iter().map(move |plan| Options { plan: Some(plan), ..quiet.clone() })
    });
    Box::new(points)
}

/// A read changes nothing, wherever it crashes.
fn is_read(function: &str) -> bool {
    function.starts_with("GET ")
}

/// One thread: run after run. One that panics is a finding of its own.
fn work(until: Option<Instant>, jobs: &Mutex<Jobs<'_>>, sum: &Mutex<Sum>) {
    loop {
        if until.is_some_and(|until| Instant::now() >= until) {
            return;
        }
        let Some(options) = jobs.lock().unwrap().next() else { return };
        let seed = options.seed;
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run(&options)));
        let mut sum = sum.lock().unwrap();
        sum.seeds += 1;
        sum.crash_points += u64::from(options.plan.is_some());
        sum.crashed.extend(options.plan.iter().map(|plan| plan.function.clone()));
        let Ok(outcome) = outcome else {
            let what = format!("the run itself panicked: {:?}", options.plan);
            println!("seed {seed}: {what}");
            sum.findings.push(Finding { seed, what });
            continue;
        };
        sum.played_seconds += outcome.played_seconds;
        for (name, count) in outcome.counts {
            *sum.counts.entry(name).or_default() += count;
        }
        for mut finding in outcome.findings {
            if let Some(plan) = &options.plan {
                finding.what = format!("{plan:?}: {}", finding.what);
            }
            println!("seed {seed}: {}", finding.what);
            sum.findings.push(finding);
        }
        if options.plan.is_none() {
            sum.digests.insert(seed, outcome.digest);
        }
    }
}

fn figures(ask: &Ask, sum: &Sum, real: Duration) -> Map<String, Value> {
    let starting = |prefix: &str| -> u64 {
        sum.counts.iter().filter(|(name, _)| name.starts_with(prefix)).map(|(_, n)| n).sum()
    };
    let count = |name: &str| sum.counts.get(name).copied().unwrap_or(0);
    let calls = starting("call ");
    let invocations = ["queue batch", "stream batch", "schedule tick"].map(count).iter().sum();
    let operations: u64 = [calls, invocations, count("http request")].iter().sum();
    let real_ms = u64::try_from(real.as_millis().max(1)).unwrap_or(1);
    let mut figures = Map::new();
    let mut say = |name: &str, value: Value| figures.insert(name.to_owned(), value);
    say("command", json!("cargo xtask simulate"));
    say("runs", json!(sum.seeds));
    say("crash points", json!(sum.crash_points));
    say("functions and routes crashed", json!(sum.crashed));
    say("findings", json!(sum.findings.len()));
    say("operations", json!(operations));
    say("operations: cloud calls", json!(calls));
    say("operations: deliveries and ticks", json!(invocations));
    say("operations: http requests", json!(count("http request")));
    say("faults struck", json!(starting("fault ")));
    say("real seconds", json!(real_ms / 1_000));
    say("operations per second", json!(operations * 1_000 / real_ms));
    say("virtual days", json!(sum.played_seconds / 86_400));
    say("virtual time per real time", json!(sum.played_seconds.unsigned_abs() * 1_000 / real_ms));
    for (name, count) in &sum.counts {
        say(name, json!(count));
    }
    if let Some((seed, digest)) = sum.digests.iter().next() {
        say(&format!("digest of seed {seed}"), json!(digest));
        say("digest of", json!(options(ask, *seed).to_string()));
    }
    figures
}
