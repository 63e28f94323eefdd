//! `cargo xtask simulate`: builds the simulation optimised and hands it the arguments.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::root;

/// The arguments are the program's own: `tests/simulation/ask.rs`.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let mut command = program("simulate")?;
    command.args(arguments);
    let status = command.status().context("the simulation did not start")?;
    ensure!(status.success(), "the simulation found something, or showed nothing");
    Ok(())
}

/// A program of the simulation, built now.
pub(crate) fn program(name: &str) -> anyhow::Result<Command> {
    let root = root();
    // Always all: a build of one alone would have other features, and build everything again.
    let packages = ["jangteo-simulation", "jangteo-bugs", "jangteo-agreement"];
    let packages = packages.iter().flat_map(|name| ["--package", *name]);
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--profile", "simulate"]).args(packages).current_dir(&root);
    let status = build.status().context("cargo did not start")?;
    ensure!(status.success(), "the simulation does not build");
    let mut program = Command::new(root.join("target/simulate").join(name));
    program.current_dir(root);
    Ok(program)
}
