//! Figures that a program measured, with the run that measured them.
//!
//! Promises: a file says how the program was started, on which commit, whether the tree was changed
//! and when, all of it as it was when the run began. Knows nothing of what the figures mean.

mod run;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
pub use run::{Run, UNKNOWN, head};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where figures are left, from the root of the workspace.
pub const FOLDER: &str = "target/evidence";

/// A file of figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub run: Run,
    /// By name; an array of objects is a table.
    pub figures: Map<String, Value>,
}

impl Figures {
    pub fn new(run: Run, figures: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self { run, figures: figures.into_iter().collect() }
    }

    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Writes the file, and its folder if there is none.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let name = || path.display().to_string();
        path.parent().map_or(Ok(()), fs::create_dir_all).with_context(name)?;
        let text = serde_json::to_string_pretty(self)?;
        fs::write(path, format!("{text}\n")).with_context(name)
    }

    /// Writes `target/evidence/<name>.json` below `root`.
    pub fn leave(&self, root: &Path, name: &str) -> anyhow::Result<PathBuf> {
        let path = root.join(FOLDER).join(format!("{name}.json"));
        self.write(&path)?;
        Ok(path)
    }
}
