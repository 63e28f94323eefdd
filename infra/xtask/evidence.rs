//! `cargo xtask evidence`: the figures of the last runs, in one block and as a document.
//!
//! Every command that proves something leaves its figures in `target/evidence/<part>.json`, with
//! the run that measured them ([`figures`]). Nothing is figured out here, and nothing is taken on
//! trust: a required part that is missing is a failure, and so is a main run that shows less than
//! the page says. The page is written only of runs of the very commit that is checked out.

mod objections;
mod parts;
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

pub use parts::{Evidence, PARTS, Part, When};

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
            let short = objections::that_are_short(&now);
            ensure!(short.is_empty(), "too short: {}", short.join("; "));
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
