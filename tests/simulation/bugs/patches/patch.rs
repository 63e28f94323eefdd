//! A wrong line, and how it is put in.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};

/// A bug in the source.
#[derive(Clone, Copy, Debug)]
pub struct Patch {
    pub name: &'static str,
    /// What goes wrong, in one sentence.
    pub breaks: &'static str,
    pub file: &'static str,
    /// Stands there exactly once.
    pub search: &'static str,
    pub replace: &'static str,
    /// Whose tests must fail.
    pub package: &'static str,
    /// Which of its tests are run: a part of their names.
    pub tests: &'static str,
}

impl Patch {
    /// The text of its file in the tree at `root`, with the bug in it. A text that is not there
    /// exactly once is no bug any more, and an error.
    pub fn applied(&self, root: &Path) -> anyhow::Result<String> {
        let text = fs::read_to_string(root.join(self.file)).with_context(|| self.file)?;
        let times = text.matches(self.search).count();
        ensure!(times == 1, "{}: its text stands {times} times in {}", self.name, self.file);
        ensure!(self.search != self.replace, "{}: changes nothing", self.name);
        Ok(text.replacen(self.search, self.replace, 1))
    }
}
