//! Runs patched copies of the tree: a bug is found when the tests that guard its place fail.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail, ensure};

use crate::patches::Patch;

/// What is not copied: what is built, and what Git keeps.
const LEFT: &[&str] = &["target", ".git", ".local"];

/// A patched tree that was tested.
#[derive(Clone, Debug)]
pub struct Tested {
    pub patch: &'static Patch,
    /// The first test that failed; `None`: nobody noticed.
    pub found_by: Option<String>,
}

/// A copy of the tree beside what is built, with one file in it that differs.
pub struct Copy<'a> {
    root: &'a Path,
    tree: PathBuf,
}

impl<'a> Copy<'a> {
    /// Makes the copy, or brings an older one up to date: what has not changed is not built again.
    pub fn of(root: &'a Path) -> anyhow::Result<Self> {
        let tree = root.join("target/seeded/tree");
        let mut there = BTreeSet::new();
        copy(root, &tree, &mut there)?;
        sweep(&tree, &there)?;
        Ok(Self { root, tree })
    }

    /// Runs the tests that must pass without the bug; answers the first that fails.
    pub fn control(&self, patch: &Patch) -> anyhow::Result<Option<String>> {
        self.test(patch)
    }

    /// Runs them with the bug in.
    pub fn with(&self, patch: &'static Patch) -> anyhow::Result<Tested> {
        let (file, sound) = (self.tree.join(patch.file), self.root.join(patch.file));
        fs::write(&file, patch.applied(self.root)?)?;
        let found = self.test(patch);
        fs::copy(sound, file)?;
        Ok(Tested { patch, found_by: found? })
    }

    fn test(&self, patch: &Patch) -> anyhow::Result<Option<String>> {
        let cargo = |more: &[&str]| {
            let mut command = Command::new("cargo");
            command.args(["test", "--quiet", "--offline", "--locked", "--lib", "-p"]);
            command.arg(patch.package).args(more).current_dir(&self.tree);
            // Not the tree's own: crates are named by their place in their workspace, and those of
            // the copy would be taken for the tree's.
            command.env("CARGO_TARGET_DIR", self.root.join("target/seeded/target"));
            command.output().context("cargo does not start")
        };
        let built = cargo(&["--no-run"])?;
        ensure!(
            built.status.success(),
            "{} does not compile:\n{}",
            patch.name,
            text(&built.stderr)
        );
        let run = cargo(&["--", patch.tests])?;
        let told = text(&run.stdout);
        let ran = told.lines().filter_map(|line| line.strip_prefix("running ")).next();
        let ran = ran.and_then(|line| line.split(' ').next()).unwrap_or_default();
        ensure!(!matches!(ran, "" | "0"), "{}: no test is called {}", patch.name, patch.tests);
        if run.status.success() {
            return Ok(None);
        }
        let named = |line: &str| line.strip_prefix("---- ")?.split(' ').next().map(str::to_owned);
        match told.lines().find_map(named) {
            Some(test) => Ok(Some(test)),
            None => bail!("{}: the tests broke off:\n{}", patch.name, text(&run.stderr)),
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn copy(from: &Path, to: &Path, there: &mut BTreeSet<PathBuf>) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, source) = (entry.file_name(), entry.path());
        if LEFT.iter().any(|left| *left == name) {
            continue;
        }
        let copied = to.join(&name);
        if source.is_dir() {
            copy(&source, &copied, there)?;
            continue;
        }
        let text = fs::read(&source)?;
        if fs::read(&copied).ok().as_deref() != Some(&*text) {
            fs::write(&copied, text)?;
        }
        there.insert(copied);
    }
    Ok(())
}

/// Takes away what is no longer in the tree.
fn sweep(folder: &Path, there: &BTreeSet<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sweep(&path, there)?;
        } else if !there.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
