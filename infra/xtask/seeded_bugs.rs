//! `cargo xtask seeded-bugs`: builds the hunt for seeded bugs optimised and hands it the arguments.

use anyhow::{Context as _, ensure};

use crate::simulate;

/// `[--only NAME] [--seeds A..B] [--ops N] [--source] [--list]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let status = simulate::program("seeded-bugs")?.args(arguments).status();
    ensure!(status.context("the hunt did not start")?.success(), "a seeded bug was not found");
    Ok(())
}
