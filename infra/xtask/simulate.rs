//! `cargo xtask simulate`: builds the simulation optimised and hands it the arguments.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::root;

/// Where the figures go unless `--json` says otherwise.
const EVIDENCE: &str = "target/evidence/simulate.json";

/// `[crash] [--seeds A..B] [--ops N] [--seconds S] [--replay SEED] [--json FILE] [--quiet]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let cargo = ["run", "--quiet", "--profile", "simulate", "--package", "jangteo-simulation"];
    let mut command = Command::new("cargo");
    command.args(cargo).arg("--").args(arguments).current_dir(root());
    if !arguments.iter().any(|argument| argument == "--json") {
        command.args(["--json", EVIDENCE]);
    }
    let status = command.status().context("cargo did not start")?;
    ensure!(status.success(), "the simulation found something");
    Ok(())
}
