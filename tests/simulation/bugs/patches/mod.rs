//! Bugs that the wire cannot express: a line of the source that is wrong.
//!
//! Each is a text that stands exactly once in its file, and what to put there. It is applied to a
//! copy of the tree, and the tests of one package must fail on it. Seconds each for a rule, minutes
//! for a handler: this kind is run by hand.

mod handlers;
mod money;
mod rules;

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

/// Every bug of this kind.
pub fn all() -> impl Iterator<Item = &'static Patch> {
    [rules::PATCHES, money::PATCHES, handlers::PATCHES].into_iter().flatten()
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
