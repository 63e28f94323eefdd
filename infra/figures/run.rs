//! One run of a program, as it was when it began.

use std::{path::Path, process::Command, time::SystemTime};

use kernel::Instant;
use serde::{Deserialize, Serialize};

/// What stands for a commit that nobody can name.
pub const UNKNOWN: &str = "unknown";

/// Who measured, of what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// How to repeat it.
    pub command: String,
    /// What the process was started with, the program first; paths in the checkout from its root.
    pub argv: Vec<String>,
    /// The commit that was checked out; [`UNKNOWN`] outside of a repository.
    pub commit: String,
    /// Whether the tree differed from the commit; `None` outside of a repository.
    pub dirty: Option<bool>,
    /// RFC 3339, in UTC.
    pub began: String,
}

impl Run {
    /// To be called when a program begins: what happens to the tree later is not its own.
    /// `command` is what a person types before the arguments.
    #[must_use]
    pub fn begin<S: AsRef<str>>(root: &Path, command: &str, arguments: &[S]) -> Self {
        let mut words = vec![command];
        words.extend(arguments.iter().map(AsRef::as_ref));
        let changes = git(root, &["status", "--porcelain"]);
        Self {
            command: words.join(" "),
            argv: std::env::args().map(|word| within(root, &word)).collect(),
            commit: head(root).unwrap_or_else(|| UNKNOWN.to_owned()),
            dirty: changes.map(|changes| !changes.is_empty()),
            began: now().to_string(),
        }
    }
}

/// A path in `root` from there on; all else as it is. Where a checkout lies is nobody's figure.
fn within(root: &Path, word: &str) -> String {
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let inside = Path::new(word).strip_prefix(root).ok().and_then(Path::to_str);
    inside.unwrap_or(word).to_owned()
}

#[expect(clippy::disallowed_methods, reason = "when a tool ran is the machine's own time")]
fn now() -> Instant {
    let passed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Instant::from_millis(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX))
}

/// The commit that is checked out at `root`; `None` outside of a repository.
#[must_use]
pub fn head(root: &Path) -> Option<String> {
    git(root, &["rev-parse", "HEAD"])
}

fn git(root: &Path, words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).current_dir(root).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
