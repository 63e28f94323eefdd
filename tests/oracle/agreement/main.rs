//! `agreement`: plays many random auctions by both rules. `cargo xtask agreement` builds and runs
//! it.
#![allow(clippy::print_stdout, reason = "a tool for a person at a terminal")]

use std::{path::PathBuf, time::Instant};

use anyhow::{Context as _, bail, ensure};
use figures::{Figures, Run};
use jangteo_agreement::play_all;
use serde_json::{Map, json};

const USAGE: &str = "\
usage: cargo xtask agreement [--auctions N] [--first N]

  --auctions N  how many (default 1000000)
  --first N     the number of the first: each has its own chance (default 1)";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut first = 1;
    let mut count = 1_000_000;
    let mut left = arguments.iter();
    while let Some(name) = left.next() {
        let value = left.next().with_context(|| format!("{name} wants a value\n\n{USAGE}"))?;
        match name.as_str() {
            "--auctions" => count = value.parse()?,
            "--first" => first = value.parse()?,
            other => bail!("{other}?\n\n{USAGE}"),
        }
    }
    let root = root();
    let run = Run::begin(&root, "cargo xtask agreement", &arguments);
    let began = Instant::now();
    let campaign = play_all(first, count);
    let mut figures = Map::new();
    figures.insert("auctions".to_owned(), json!(campaign.auctions));
    figures.insert("differences".to_owned(), json!(campaign.differences.len()));
    figures.insert("seconds".to_owned(), json!(began.elapsed().as_secs()));
    for (what, times) in &campaign.happened {
        figures.insert(what.clone(), json!(times));
    }
    for (what, value) in &figures {
        println!("{what:<44} {value}");
    }
    campaign.differences.iter().for_each(|difference| println!("DIFFERENT: {difference}"));
    ensure!(campaign.differences.is_empty(), "the two rules differ");
    ensure!(campaign.auctions == count, "only {} were played", campaign.auctions);
    let missing = campaign.seldom(1);
    ensure!(missing.is_empty(), "never compared: {missing:?}");
    Figures::new(run, figures).leave(&root, "agreement")?;
    Ok(())
}

fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(3).map_or_else(PathBuf::new, PathBuf::from)
}
