//! What callgrind counted.

use std::{fs, path::Path};

use anyhow::Context as _;

/// A figure and the most it may be.
#[derive(Debug)]
pub(super) struct Line {
    pub name: String,
    pub figure: u64,
    pub max: u64,
}

/// The instructions that callgrind wrote down.
pub(super) fn total(counts: &Path) -> anyhow::Result<u64> {
    let text = fs::read_to_string(counts).with_context(|| counts.display().to_string())?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    Ok(total.context("callgrind wrote no total")?.trim().parse()?)
}
