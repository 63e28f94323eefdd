//! `simulate`: plays many seeds and tells what was found. `cargo xtask simulate` builds it first.
#![allow(clippy::print_stdout, reason = "a tool for a person at a terminal")]

use std::{path::PathBuf, process::ExitCode, time::Instant};

use figures::{Figures, Run};
use jangteo_simulation::{Ask, campaign, report};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match play(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found, and something could have been.
fn play(arguments: &[String]) -> anyhow::Result<bool> {
    let ask = Ask::read(arguments)?;
    let root = root();
    let run = Run::begin(&root, "cargo xtask simulate", arguments);
    let began = Instant::now();
    let sum = campaign::play(&ask);
    let figures = Figures::new(run, report::figures(&ask, &sum, began.elapsed()));
    for (name, value) in &figures.figures {
        println!("{name:<44} {value}");
    }
    match &ask.json {
        Some(path) => figures.write(&root.join(path))?,
        None => {
            figures.leave(&root, ask.kind().file())?;
        }
    }
    for finding in &sum.findings {
        println!("FOUND with seed {}: {}", finding.seed, finding.what);
    }
    let shows_nothing = report::shows_nothing(&ask, &sum);
    shows_nothing.into_iter().for_each(|why| println!("FAILED: {why}"));
    Ok(sum.findings.is_empty() && shows_nothing.is_none())
}

fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).map_or_else(PathBuf::new, PathBuf::from)
}
