//! `cargo xtask bench`: what the product takes, counted where counting is possible.
//!
//! `hot-auction` plays one auction in virtual time under DynamoDB's own limits; the same seed gives
//! the same figures on every machine; `hot-book` does the same with placements that come to one
//! book at once. `throughput` is wall time and depends on the machine.

mod crowd;
mod fixture;
mod hot_auction;
mod hot_book;
mod market;
mod open_loop;
mod picture;
mod results;
mod strategy;
#[cfg(test)]
mod tests;
mod throughput;
mod virtual_time;

use anyhow::{Context as _, bail};
use kernel::Clock as _;
use platform::SystemClock;
use serde_json::{Map, Value, json};

use hot_auction::{Outcome, RATES};
use hot_book::{BookOutcome, CROWDS};
use results::{Measured, Results};
use strategy::Strategy;
use throughput::Workload;

use crate::evidence;

const USAGE: &str = "\
usage: cargo xtask bench [hot-auction | hot-book | throughput | picture] [options]

  --quick      a few seconds of each rate instead of a minute, of each step instead of five
  --seconds N  N seconds of each rate and step
  --seed N     another crowd (1)
  --write      keep the figures in infra/docs/bench.json and draw infra/docs/bench.svg";

/// What was asked for on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Options {
    /// `None`: all of them.
    only: Option<Bench>,
    quick: bool,
    seconds: Option<u64>,
    seed: u64,
    write: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bench {
    HotAuction,
    HotBook,
    Throughput,
    /// Draws what is checked in, measures nothing.
    Picture,
}

/// Runs what was asked for, prints it, and leaves the figures in `target/evidence`.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let options = parse(arguments)?;
    let root = crate::root();
    let mut results = Results::read(&root)?;
    let wants = |bench| options.only.is_none_or(|only| only == bench);
    let run = evidence::begin("bench", arguments);
    let command = run.command.as_str();
    let date = kernel::seoul_day(SystemClock.now());
    if wants(Bench::HotAuction) {
        let outcomes = hot_auctions(&options)?;
        evidence::leave("bench-hot-auction", &run, hot_figures(&outcomes))?;
        results.hot_auction = Some(Measured::here(date.clone(), command.to_owned(), outcomes));
    }
    if wants(Bench::HotBook) {
        let outcomes = hot_books(options.seed)?;
        evidence::leave("bench-hot-book", &run, book_figures(&outcomes))?;
        results.hot_book = Some(Measured::here(date.clone(), command.to_owned(), outcomes));
    }
    if wants(Bench::Throughput) {
        let seconds = options.seconds.unwrap_or(if options.quick { 2 } else { 5 });
        let workloads = throughput::measure(seconds, say)?;
        evidence::leave("bench-throughput", &run, laptop_figures(&workloads))?;
        results.throughput = Some(Measured::here(date, command.to_owned(), workloads));
    }
    if options.write || options.only == Some(Bench::Picture) {
        results.write(&root, &picture::draw(&results))?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
fn say(line: &str) {
    println!("{line}");
}

fn parse(arguments: &[String]) -> anyhow::Result<Options> {
    let mut options = Options { only: None, quick: false, seconds: None, seed: 1, write: false };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut number = || {
            let text = words.next().with_context(|| format!("{word} needs a number\n\n{USAGE}"))?;
            text.parse::<u64>().with_context(|| format!("{word} needs a number\n\n{USAGE}"))
        };
        match word {
            "hot-auction" => options.only = Some(Bench::HotAuction),
            "hot-book" => options.only = Some(Bench::HotBook),
            "throughput" => options.only = Some(Bench::Throughput),
            "picture" => options.only = Some(Bench::Picture),
            "--quick" => options.quick = true,
            "--seconds" => options.seconds = Some(number()?.max(1)),
            "--seed" => options.seed = number()?,
            "--write" => options.write = true,
            other => bail!("there is no {other}\n\n{USAGE}"),
        }
    }
    Ok(options)
}

fn hot_auctions(options: &Options) -> anyhow::Result<Vec<Outcome>> {
    let seconds = options.seconds.unwrap_or(if options.quick { 3 } else { 60 });
    let mut outcomes = Vec::new();
    for strategy in Strategy::ALL {
        say(&format!("{}, {seconds} s of virtual time:", strategy.title()));
        for rate in RATES {
            let outcome = hot_auction::play(strategy, rate, seconds, options.seed)?;
            say(&line(&outcome));
            outcomes.push(outcome);
        }
    }
    Ok(outcomes)
}

fn hot_books(seed: u64) -> anyhow::Result<Vec<BookOutcome>> {
    say("one book, placements at once, in virtual time:");
    let mut outcomes = Vec::new();
    for at_once in CROWDS {
        let outcome = hot_book::play(at_once, seed)?;
        say(&book_line(&outcome));
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

fn book_line(outcome: &BookOutcome) -> String {
    format!(
        "{:>4}  rested {:>3}  met {:>3}  503 {}  overtaken {}  p50 {:>4} ms  p95 {:>4} ms  \
         most {:>4} ms  milli writes {}  milli calls {}",
        outcome.at_once,
        outcome.rested,
        outcome.met,
        outcome.unavailable,
        outcome.overtaken,
        outcome.p50_ms,
        outcome.p95_ms,
        outcome.most_ms,
        outcome.milli_writes,
        outcome.milli_calls,
    )
}

fn book_figures(outcomes: &[BookOutcome]) -> Map<String, Value> {
    let mut figures = Map::new();
    for outcome in outcomes {
        let mut put = |what: &str, value: u64| {
            figures.insert(format!("one book, {} at once: {what}", outcome.at_once), json!(value))
        };
        put("unavailable", outcome.unavailable);
        put("overtaken", outcome.overtaken);
        put("p50 ms", outcome.p50_ms);
        put("p95 ms", outcome.p95_ms);
        put("most ms", outcome.most_ms);
        put("milli write units per placement", outcome.milli_writes);
        put("milli calls per placement", outcome.milli_calls);
    }
    figures
}

fn line(outcome: &Outcome) -> String {
    let decided = outcome.decided_per_mille();
    let milli = |number: u64| format!("{}.{:03}", number / 1_000, number % 1_000);
    format!(
        "{:>7} /s  decided {:>3}.{} %  accepted {:>4} /s  writes {}  reads {}  calls {}  \
         p50 {:>4} ms  p99 {:>5} ms  throttled {:>7}  containers {:>4}",
        outcome.offered,
        decided / 10,
        decided % 10,
        outcome.accepted_per_second(),
        milli(outcome.milli_writes),
        milli(outcome.milli_reads),
        milli(outcome.milli_calls),
        outcome.p50_ms,
        outcome.p99_ms,
        outcome.throttled,
        outcome.containers,
    )
}

fn hot_figures(outcomes: &[Outcome]) -> Map<String, Value> {
    let mut figures = Map::new();
    for outcome in outcomes {
        let name = serde_json::to_value(outcome.strategy).unwrap_or_default();
        let name = format!("{} at {}/s", name.as_str().unwrap_or_default(), outcome.offered);
        let mut put =
            |what: &str, value: u64| figures.insert(format!("{name}: {what}"), json!(value));
        put("decided per mille", outcome.decided_per_mille());
        put("accepted per second", outcome.accepted_per_second());
        put("milli write units per attempt", outcome.milli_writes);
        put("milli read units per attempt", outcome.milli_reads);
        put("p50 ms", outcome.p50_ms);
        put("p99 ms", outcome.p99_ms);
        put("throttled calls", outcome.throttled);
    }
    figures
}

fn laptop_figures(workloads: &[Workload]) -> Map<String, Value> {
    let mut figures = Map::new();
    for workload in workloads {
        let mut put = |what: &str, value: u64| {
            figures.insert(format!("{}: {what}", workload.name), json!(value))
        };
        let Some(best) = workload.best() else { continue };
        put("tenths per second", best.rate_tenths);
        put("p50 us", best.p50_us);
        put("p90 us", best.p90_us);
        put("p99 us", best.p99_us);
        put("max us", best.max_us);
    }
    figures
}
