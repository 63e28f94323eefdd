//! The domain's decisions, counted: `shared/domain/benches/decisions.rs` under callgrind, N and 2 N
//! times.

use std::{path::PathBuf, process::Command};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::count::{Line, total};

const TIMES: u32 = 200;

/// Name and limit: a tenth above what was measured when the limit was set. At a million refusals a
/// second one of them has a few thousand instructions' time.
const LIMITS: &[(&str, u64)] = &[
    ("bid-refused", 205),
    ("bid-accepted", 38_600),
    ("order-matched", 121),
    ("movement", 1_040),
    ("ledger-of-100-verified", 8_310_000),
];

pub fn lines() -> anyhow::Result<Vec<Line>> {
    let bench = build()?;
    let counted = |&(name, max): &(&str, u64)| {
        let few = count(&bench, name, TIMES)?;
        let many = count(&bench, name, 2 * TIMES)?;
        let figure = many.saturating_sub(few) / u64::from(TIMES);
        Ok(Line { name: format!("domain {name} instructions"), figure, max })
    };
    LIMITS.iter().map(counted).collect()
}

/// Builds the bench without running it; answers where it is.
fn build() -> anyhow::Result<PathBuf> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let output = Command::new(cargo)
        .args(["build", "--release", "--package", "jangteo-domain", "--bench", "decisions"])
        .args(["--message-format", "json"])
        .current_dir(crate::root())
        .output()
        .context("cargo build")?;
    ensure!(output.status.success(), "cargo: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout)?;
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut named = messages
        .filter(|message| message.pointer("/target/name").is_some_and(|name| name == "decisions"));
    let path = named.find_map(|message| message.get("executable")?.as_str().map(PathBuf::from));
    path.context("cargo names no executable")
}

fn count(bench: &PathBuf, name: &str, times: u32) -> anyhow::Result<u64> {
    let counts = crate::root().join(format!("target/lambda/{name}-{times}.callgrind"));
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .arg(bench)
        .args([name, &times.to_string()])
        .status()
        .context("valgrind")?;
    ensure!(status.success(), "{name} failed");
    total(&counts)
}
