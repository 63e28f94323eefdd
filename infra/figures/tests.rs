use std::process::Command;

use serde_json::json;

use super::*;

/// An empty folder of the test's own.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("jangteo-{name}-{}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn git(folder: &Path, words: &[&str]) {
    let who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"];
    let mut command = Command::new("git");
    command.args(who).args(words).current_dir(folder);
    assert!(command.output().unwrap().status.success(), "{words:?}");
}

#[test]
fn a_run_outside_of_a_repository_knows_no_commit() {
    let run = Run::begin(&folder("outside"), "cargo xtask x", &["--seeds", "1..3"]);
    assert_eq!((run.commit.as_str(), run.dirty), (UNKNOWN, None));
    assert_eq!(run.command, "cargo xtask x --seeds 1..3");
    assert!(!run.argv.is_empty() && run.began.ends_with('Z'), "{run:?}");
}

#[test]
fn a_run_says_nothing_of_where_the_checkout_lies() {
    let program = std::env::current_exe().unwrap();
    let run = Run::begin(program.parent().unwrap(), "cargo xtask x", &["--seeds"]);
    assert_eq!(run.argv[0], program.file_name().unwrap().to_str().unwrap());
}

#[test]
fn a_run_says_the_commit_and_whether_the_tree_was_changed() {
    let folder = folder("inside");
    git(&folder, &["init", "--quiet"]);
    fs::write(folder.join("one"), "1").unwrap();
    git(&folder, &["add", "one"]);
    git(&folder, &["commit", "--quiet", "--message", "one"]);
    let clean = Run::begin::<&str>(&folder, "x", &[]);
    assert_eq!(clean.dirty, Some(false));
    assert_eq!(Some(&clean.commit), head(&folder).as_ref());
    assert_eq!(clean.commit.len(), 40);
    fs::write(folder.join("two"), "2").unwrap();
    let changed = Run::begin::<&str>(&folder, "x", &[]);
    assert_eq!((changed.commit, changed.dirty), (clean.commit, Some(true)));
}

#[test]
fn figures_are_read_as_they_were_left() {
    let folder = folder("left");
    let run = Run::begin::<&str>(&folder, "x", &[]);
    let figures = Figures::new(run, [("operations".to_owned(), json!(7))]);
    let path = figures.leave(&folder, "some").unwrap();
    assert_eq!(path, folder.join("target/evidence/some.json"));
    assert_eq!(Figures::read(&path).unwrap(), figures);
}
