//! `cargo xtask evidence`: the figures of the last run, in one block and as a document.
//!
//! Every command that proves something leaves its figures in `target/evidence/<part>.json`: an
//! object with `command` and figures by name; an array of objects is a table. Nothing is figured
//! out here: a part that was not run is missing, and a required part that is missing is a failure.

mod leave;
mod render;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context as _, bail, ensure};
pub use leave::{Figures, write as leave};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What is checked in: the figures, and the page made of them.
const KEPT: &str = "infra/docs/evidence.json";
const PAGE: &str = "infra/docs/evidence.md";
const FIGURES: &str = "target/evidence";

/// One claim that is checked by running something.
#[derive(Debug)]
pub struct Part {
    /// The name of its file, without `.json`.
    pub name: &'static str,
    pub title: &'static str,
    /// What it shows, in a sentence.
    pub shows: &'static str,
    pub run: Run,
}

/// Who runs a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// `.ci/run`, every time.
    Always,
    /// A developer: it takes long, or an engine for containers.
    ByHand,
}

/// In the order of the page.
pub const PARTS: &[Part] = &[
    Part {
        name: "simulation",
        title: "The whole market, simulated",
        shows: "Real handlers and workers, one thread a seed, virtual time, faults of every kind; \
                the invariants are judged from committed rows.",
        run: Run::Always,
    },
    Part {
        name: "crashes",
        title: "A crash at every step",
        shows: "Every operation is broken off before and after each of its cloud calls.",
        run: Run::Always,
    },
    Part {
        name: "seeded-bugs",
        title: "The checker, checked",
        shows: "Bugs put in on purpose, on the wire: each must be found, and none without them.",
        run: Run::Always,
    },
    Part {
        name: "seeded-bugs-source",
        title: "The checker, checked: bugs in the source",
        shows: "The same with patched sources, built and simulated one by one.",
        run: Run::ByHand,
    },
    Part {
        name: "mutants",
        title: "Mutants of the rules and the store",
        shows: "What `cargo-mutants` changed, and how many of the changes a test noticed.",
        run: Run::ByHand,
    },
    Part {
        name: "differential-dynoxide",
        title: "Two engines",
        shows: "The same random calls on both engines of the embedded cloud.",
        run: Run::Always,
    },
    Part {
        name: "differential-dynamodb-local",
        title: "A third engine",
        shows: "The same against AWS's own DynamoDB Local.",
        run: Run::Always,
    },
    Part {
        name: "package",
        title: "Packages",
        shows: "What `cargo lambda build` makes of every context.",
        run: Run::Always,
    },
    Part {
        name: "instructions",
        title: "Instructions",
        shows: "Counted by callgrind, so the same on a busy machine.",
        run: Run::Always,
    },
    Part {
        name: "bench-hot-auction",
        title: "A hot auction",
        shows: "One item of 1,000 write units a second, in virtual time, offered ever more bids.",
        run: Run::Always,
    },
    Part {
        name: "second-cloud",
        title: "A second cloud",
        shows: "The packaged functions and the real template on an engine that is not ours.",
        run: Run::Always,
    },
    Part {
        name: "sam-local",
        title: "SAM local",
        shows: "`sam local invoke` and `sam local start-api` in containers against `cargo dev`.",
        run: Run::ByHand,
    },
    Part {
        name: "budgets",
        title: "Budgets",
        shows: "Calls, units and messages of every function and outcome (`infra/docs/budgets.md`), \
                and what the grants and the stack come to.",
        run: Run::Always,
    },
    Part {
        name: "fuzz",
        title: "The contract, fuzzed",
        shows: "Generated requests against the running marketplace and its API reference.",
        run: Run::Always,
    },
];

/// A part's figures, and where they come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub commit: String,
    /// `2026-11-21`, in UTC.
    pub date: String,
    pub figures: Map<String, Value>,
}

pub type Evidence = BTreeMap<String, Kept>;

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let root = crate::root();
    let now = measured(&root)?;
    match arguments {
        [] => {
            let missing = missing(&now);
            say(&render::block(&now));
            ensure!(missing.is_empty(), "no figures of {}", missing.join(", "));
            Ok(())
        }
        [flag] if flag == "--write" => {
            let mut all = kept(&root)?;
            all.extend(now);
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
    let always = PARTS.iter().filter(|part| part.run == Run::Always);
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
    let commit = tell(root, "git", &["rev-parse", "--short", "HEAD"])?;
    let date = tell(root, "date", &["-u", "+%Y-%m-%d"])?;
    let mut evidence = Evidence::new();
    for part in PARTS {
        let path = root.join(FIGURES).join(format!("{}.json", part.name));
        if let Ok(text) = fs::read_to_string(&path) {
            let figures = serde_json::from_str(&text).with_context(|| part.name)?;
            let kept = Kept { commit: commit.clone(), date: date.clone(), figures };
            evidence.insert(part.name.to_owned(), kept);
        }
    }
    Ok(evidence)
}

fn tell(root: &Path, program: &str, words: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program).args(words).current_dir(root).output().context("a tool")?;
    ensure!(output.status.success(), "{program} {} failed", words.join(" "));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
