//! What was measured, as it is checked in: whole numbers with their units in the names.

use std::{fs, path::Path, process::Command};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::{hot_auction::Outcome, hot_book::BookOutcome, throughput::Workload};

pub const JSON_PATH: &str = "infra/docs/bench.json";
pub const SVG_PATH: &str = "infra/docs/bench.svg";

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Results {
    pub hot_auction: Option<Measured<Vec<Outcome>>>,
    pub hot_book: Option<Measured<Vec<BookOutcome>>>,
    pub throughput: Option<Measured<Vec<Workload>>>,
}

/// Figures and where they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured<F> {
    pub date: String,
    /// What was checked out, abbreviated.
    pub commit: String,
    pub machine: String,
    pub command: String,
    pub figures: F,
}

impl<F> Measured<F> {
    /// Figures of `command`, of now and of this machine.
    pub fn here(date: String, command: String, figures: F) -> Self {
        Self { date, commit: commit(), machine: machine(), command, figures }
    }

    #[must_use]
    pub fn source(&self) -> String {
        format!("{}, commit {}, {}: {}", self.date, self.commit, self.machine, self.command)
    }
}

/// The commit; `unknown` outside a repository.
fn commit() -> String {
    let mut git = Command::new("git");
    let output = git.args(["rev-parse", "--short=10", "HEAD"]).current_dir(crate::root()).output();
    let text = output.ok().filter(|output| output.status.success());
    let text = text.and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}

/// What it has, and what else it did: a wall time from a busy machine is no figure of ours.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().map(|load| format!(", load {load}"));
    format!("{cores} cores ({}){}, {build} build", std::env::consts::ARCH, load.unwrap_or_default())
}

impl Results {
    /// What is checked in; nothing when there is no file.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(JSON_PATH);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Writes the figures and their picture.
    pub fn write(&self, root: &Path, picture: &str) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::write(root.join(JSON_PATH), text).context(JSON_PATH)?;
        fs::write(root.join(SVG_PATH), picture).context(SVG_PATH)
    }
}
