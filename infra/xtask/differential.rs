//! `cargo xtask differential`: builds the comparison of the engines and hands it the arguments.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::root;

/// The arguments are the program's own: `infra/engines/main.rs`. It leaves its figures itself.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    // Together with this one: built alone, it would have other features, and all crates again.
    let packages = ["--package", "jangteo-engines", "--package", "jangteo-xtask"];
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet"]).args(packages).current_dir(root());
    let status = build.status().context("cargo did not start")?;
    ensure!(status.success(), "the comparison does not build");
    let program = std::env::current_exe()?.with_file_name("differential");
    let mut command = Command::new(&program);
    let status = command.args(arguments).current_dir(root()).status();
    let status = status.with_context(|| format!("{} did not start", program.display()))?;
    ensure!(status.success(), "the engines differ, or could not be asked");
    Ok(())
}
