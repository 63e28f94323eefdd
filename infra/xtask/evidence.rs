//! `cargo xtask evidence`: the figures of the last runs, in one block and as a document.
//!
//! Every command that proves something leaves its figures in `target/evidence/<part>.json`, with
//! the run that measured them ([`figures`]). Nothing is figured out here, and nothing is taken on
//! trust: a required part that is missing is a failure, and so is a main run that shows less than
//! the page says. The page is written only of runs of the very commit that is checked out.

mod objections;
mod render;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, bail, ensure};
use figures::{Figures, Run};
use serde_json::Value;

/// What is checked in: the figures, and the page made of them.
const KEPT: &str = "infra/docs/evidence.json";
const PAGE: &str = "infra/docs/evidence.md";

/// One claim that is checked by running something.
#[derive(Debug)]
pub struct Part {
    /// The name of its file, without `.json`.
    pub name: &'static str,
    pub title: &'static str,
    /// What it shows, in a sentence.
    pub shows: &'static str,
    pub when: When,
}

/// Who runs a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// `.ci/run`, every time.
    EveryRun,
    /// `.ci/nightly`: it takes too long for every run.
    Nightly,
    /// A developer: it takes an engine for containers, or hours.
    ByHand,
}

/// In the order of the page.
pub const PARTS: &[Part] = &[
    Part {
        name: "simulation",
        title: "The whole market, simulated",
        shows: "Real handlers and workers, one thread a seed, virtual time, faults; the invariants \
                are judged from committed rows.",
        when: When::EveryRun,
    },
    Part {
        name: "crashes",
        title: "A crash at every step",
        shows: "Invocations that change something, of routes and of workers, are broken off after \
                a cloud call, before the next one, or when only the answer is left.",
        when: When::EveryRun,
    },
    Part {
        name: "seeded-bugs",
        title: "The checker, checked",
        shows: "Bugs put in on purpose, on the wire: each must be found, and none without them.",
        when: When::EveryRun,
    },
    Part {
        name: "seeded-bugs-source",
        title: "The checker, checked: bugs in the source",
        shows: "The same with patched sources, built and simulated one by one.",
        when: When::Nightly,
    },
    Part {
        name: "mutants",
        title: "Mutants of the rules and the store",
        shows: "What `cargo-mutants` changed, and how many of the changes a test noticed.",
        when: When::ByHand,
    },
    Part {
        name: "differential-dynoxide",
        title: "Two engines",
        shows: "The same random calls on both engines of the embedded cloud.",
        when: When::EveryRun,
    },
    Part {
        name: "differential-dynamodb-local",
        title: "A third engine",
        shows: "The same against AWS's own DynamoDB Local.",
        when: When::EveryRun,
    },
    Part {
        name: "package",
        title: "Packages",
        shows: "What `cargo lambda build` makes of every context.",
        when: When::Nightly,
    },
    Part {
        name: "instructions",
        title: "Instructions",
        shows: "Counted by callgrind, so the same on a busy machine.",
        when: When::Nightly,
    },
    Part {
        name: "bench-hot-auction",
        title: "A hot auction",
        shows: "One item of 1,000 write units a second, in virtual time, offered ever more bids.",
        when: When::Nightly,
    },
    Part {
        name: "second-cloud",
        title: "A second cloud",
        shows: "The functions (which binaries, is below) and the real template on a cloud that is \
                not ours.",
        when: When::EveryRun,
    },
    Part {
        name: "sam-local",
        title: "SAM local",
        shows: "`sam local invoke` and `sam local start-api` in containers against `cargo dev`.",
        when: When::ByHand,
    },
    Part {
        name: "budgets",
        title: "Budgets",
        shows: "Calls, units and messages of every function and outcome (`infra/docs/budgets.md`), \
                and what the grants and the stack come to.",
        when: When::EveryRun,
    },
    Part {
        name: "fuzz",
        title: "The contract, fuzzed",
        shows: "Generated requests against the running marketplace and its API reference.",
        when: When::EveryRun,
    },
];

/// Figures by part.
pub type Evidence = BTreeMap<String, Figures>;
/// Whole numbers by name; the unit is the name's last word.
pub type Measures = BTreeMap<String, u64>;

/// Leaves a part's figures where the next page is made of.
pub fn leave<V: Into<Value>>(
    name: &str,
    run: &Run,
    measures: impl IntoIterator<Item = (String, V)>,
) -> anyhow::Result<()> {
    let measures = measures.into_iter().map(|(name, measure)| (name, measure.into()));
    Figures::new(run.clone(), measures).leave(&crate::root(), name).map(|_| ())
}

/// The run of a command of `cargo xtask` that begins now.
#[must_use]
pub fn begin(command: &str, arguments: &[String]) -> Run {
    Run::begin(&crate::root(), &format!("cargo xtask {command}"), arguments)
}

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let root = crate::root();
    let now = measured(&root)?;
    let kept = kept(&root)?;
    let head = figures::head(&root);
    let others = objections::of_another_tree(&now, &kept, head.as_deref());
    let worthless = objections::that_show_less(&now);
    match arguments {
        [] => {
            say(&render::block(&now));
            others.iter().for_each(|other| say(&format!("NOT THIS COMMIT  {other}")));
            ensure!(worthless.is_empty(), "{}", worthless.join("; "));
            let missing = missing(&now);
            ensure!(missing.is_empty(), "no figures of {}", missing.join(", "));
            Ok(())
        }
        [flag] if flag == "--write" => {
            ensure!(worthless.is_empty(), "{}", worthless.join("; "));
            ensure!(others.is_empty(), "not of this commit: {}", others.join("; "));
            let all: Evidence = kept.into_iter().chain(now).collect();
            let text = serde_json::to_string_pretty(&all)?;
            fs::write(root.join(KEPT), format!("{text}\n")).context(KEPT)?;
            fs::write(root.join(PAGE), render::page(&all)).context(PAGE)
        }
        _ => bail!("usage: cargo xtask evidence [--write]"),
    }
}

#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
fn say(text: &str) {
    println!("{text}");
}

/// The parts of every run of which there are no figures.
fn missing(evidence: &Evidence) -> Vec<&'static str> {
    let always = PARTS.iter().filter(|part| part.when == When::EveryRun);
    always.map(|part| part.name).filter(|name| !evidence.contains_key(*name)).collect()
}

fn kept(root: &Path) -> anyhow::Result<Evidence> {
    let path = root.join(KEPT);
    if !path.exists() {
        return Ok(Evidence::new());
    }
    serde_json::from_str(&fs::read_to_string(path).context(KEPT)?).context(KEPT)
}

/// What was left in `target/evidence`.
fn measured(root: &Path) -> anyhow::Result<Evidence> {
    let mut evidence = Evidence::new();
    for part in PARTS {
        let path = root.join(figures::FOLDER).join(format!("{}.json", part.name));
        if path.exists() {
            evidence.insert(part.name.to_owned(), Figures::read(&path)?);
        }
    }
    Ok(evidence)
}
