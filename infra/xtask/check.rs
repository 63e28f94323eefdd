//! `cargo xtask check`: what a change must pass before anybody looks at it, tests aside.

use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use crate::{generate, lock, root, tidy};

/// The cargo commands, each as its arguments.
const CARGO: &[&[&str]] =
    &[&["fmt", "--check"], &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]];

pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.is_empty(), "usage: cargo xtask check");
    for arguments in CARGO {
        cargo(arguments)?;
    }
    let root = root();
    let mut faults: Vec<String> = generate::stale(&root)?
        .iter()
        .map(|path| format!("{path}: run `cargo xtask gen`"))
        .collect();
    faults.extend(tidy::faults(&root)?);
    faults.extend(tidy::slack(&root)?);
    faults.extend(lock::faults()?);
    if !faults.is_empty() {
        bail!("{} to mend:\n{}", faults.len(), faults.join("\n"));
    }
    Ok(())
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    let status = Command::new(cargo).args(arguments).current_dir(root()).status();
    let status = status.with_context(|| format!("cargo {}", arguments.join(" ")))?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}
