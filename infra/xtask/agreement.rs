//! `cargo xtask agreement`: builds the comparison of the two rules optimised and hands it the
//! arguments.

use anyhow::{Context as _, ensure};

use crate::simulate;

/// `[--auctions N] [--first N]`
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let status = simulate::program("agreement")?.args(arguments).status();
    ensure!(status.context("the comparison did not start")?.success(), "the two rules differ");
    Ok(())
}
