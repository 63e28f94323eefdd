//! House rules that no lint knows, as an ordinary check with a ratchet: what offends today is
//! listed with its number, and the number may only fall.

mod idioms;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

pub const FILE_LINES_MAX: usize = 400;
pub const LINE_COLUMNS_MAX: usize = 100;

/// Where people write code.
const FOLDERS: &[&str] = &["functions", "shared", "infra", "tests"];

/// Words that mean unfinished work; written so that this file does not contain them.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// How paths begin whose long lines are rows of a table, which reads best unwrapped.
const TABLES: &[&str] = &["shared/kernel/codes/", "tests/access"];

/// How many faults of a kind a file may still have. Lower a number when you mend one; never raise
/// one, never add a row.
const RATCHET: &[(&str, Rule, usize)] = &[];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    LongFile,
    LongLine,
    Unfinished,
    /// A source file opens with `//!`: what it promises, what it refuses to know.
    NoModuleDoc,
    /// What product code no longer does: writes found by counting, loops of attempts by hand.
    GivenUp,
    /// A function's folder holds `tests.rs`, and it is not empty.
    NoTests,
}

/// One thing to mend.
#[derive(Debug)]
pub struct Fault {
    pub path: String,
    pub line: usize,
    pub rule: Rule,
    pub text: String,
}

/// Every fault beyond what the ratchet still allows, as `path:line: text`.
pub fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        for path in sources(&root.join(folder))? {
            found.extend(check_file(root, &path)?);
        }
    }
    let excess = |fault: &&Fault| count(&found, fault) > allowed(fault);
    let line = |fault: &Fault| format!("{}:{}: {}", fault.path, fault.line, fault.text);
    Ok(found.iter().filter(excess).map(line).collect())
}

/// Rows of the ratchet that allow more than there is: lower them.
pub fn slack(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut loose = Vec::new();
    for (path, rule, allowed) in RATCHET {
        let faults = check_file(root, &root.join(path))?;
        let left = faults.iter().filter(|fault| fault.rule == *rule).count();
        if left < *allowed {
            loose.push(format!("{path}: {rule:?} is down to {left}, the ratchet says {allowed}"));
        }
    }
    Ok(loose)
}

fn count(found: &[Fault], fault: &Fault) -> usize {
    found.iter().filter(|other| other.path == fault.path && other.rule == fault.rule).count()
}

fn allowed(fault: &Fault) -> usize {
    let row = RATCHET.iter().find(|(path, rule, _)| *path == fault.path && *rule == fault.rule);
    row.map_or(0, |(_, _, number)| *number)
}

/// Every `.rs` file under `folder`, sorted.
fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn check_file(root: &Path, path: &Path) -> anyhow::Result<Vec<Fault>> {
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(path).with_context(|| name.clone())?;
    let mut faults = check_text(&name, &text);
    let declares = name.ends_with("/mod.rs") && text.contains("pub const FUNCTION: Function");
    if declares && !has_cases(&path.with_file_name("tests.rs")) {
        let text = "no cases in tests.rs beside it".to_owned();
        faults.push(Fault { path: name, line: 1, rule: Rule::NoTests, text });
    }
    Ok(faults)
}

/// The faults that a file's own text shows.
pub(crate) fn check_text(name: &str, text: &str) -> Vec<Fault> {
    let fault = |line, rule, text: String| Fault { path: name.to_owned(), line, rule, text };
    let mut faults = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES_MAX {
        let text = format!("{lines} lines, at most {FILE_LINES_MAX}");
        faults.push(fault(lines, Rule::LongFile, text));
    }
    for (index, line) in text.lines().enumerate() {
        let number = index.saturating_add(1);
        let columns = line.chars().count();
        if columns > LINE_COLUMNS_MAX && !TABLES.iter().any(|folder| name.starts_with(folder)) {
            let text = format!("{columns} columns, at most {LINE_COLUMNS_MAX}");
            faults.push(fault(number, Rule::LongLine, text));
        }
        if let Some(word) = UNFINISHED.iter().find(|word| line.contains(**word)) {
            faults.push(fault(number, Rule::Unfinished, format!("{word}: finish it or file it")));
        }
    }
    let given_up = idioms::given_up(name, text).into_iter();
    faults.extend(given_up.map(|(line, text)| fault(line, Rule::GivenUp, text)));
    if !is_test(name) && !text.trim_start().starts_with("//!") {
        faults.push(fault(1, Rule::NoModuleDoc, "no `//!` that says what it promises".to_owned()));
    }
    faults
}

/// Test files are read beside what they test.
fn is_test(name: &str) -> bool {
    name.ends_with("/tests.rs") || name.contains("/tests/") || name.contains("/cases/")
}

fn has_cases(tests: &Path) -> bool {
    fs::read_to_string(tests).is_ok_and(|text| text.contains("test]"))
}
