//! `cargo xtask seeded-bugs`: builds the hunt for seeded bugs optimised and hands it the arguments.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::root;

/// `[--only NAME] [--seeds A..B] [--ops N] [--source] [--list]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let cargo = ["run", "--quiet", "--profile", "simulate", "--package", "jangteo-bugs"];
    let mut command = Command::new("cargo");
    command.args(cargo).arg("--").args(arguments).current_dir(root());
    let status = command.status().context("cargo did not start")?;
    ensure!(status.success(), "a seeded bug was not found");
    Ok(())
}
