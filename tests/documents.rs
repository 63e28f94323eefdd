//! What is written points at something: every `.md` that is named anywhere in the repository is in
//! it, every link leads somewhere, and every check that a page names exists.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::support::root;

/// What is read for names: code, pages, scripts and settings.
const KINDS: &[&str] = &["rs", "md", "py", "sh", "toml", "yaml", "yml", "json", "html"];
const FOLDERS: &[&str] = &["functions", "shared", "infra", "tests", ".ci", ".github"];
/// Pages that a run leaves.
const WRITTEN_BY_RUNS: &str = "target/";
const PAGES: &str = "infra/docs";
/// How code names a part of the rules; written so that this file does not.
const RULES: &str = concat!("`rules", ".md`,");
const README_LINES_MAX: usize = 120;

/// Every text file of the repository, by its path from the root.
fn texts() -> Vec<(String, String)> {
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root().join(folder)).collect();
    let mut files: Vec<PathBuf> = vec![root().join("README.md"), root().join("ARCHITECTURE.md")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if is_text(&path) {
                files.push(path);
            }
        }
    }
    let text = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        Some((name, fs::read_to_string(path).ok()?))
    };
    let mut texts: Vec<_> = files.into_iter().filter_map(text).collect();
    texts.sort();
    texts
}

/// Scripts carry no ending.
fn is_text(path: &Path) -> bool {
    let ending = path.extension().and_then(|it| it.to_str());
    ending.is_none_or(|ending| KINDS.contains(&ending))
}

/// Every word that ends in `.md`.
fn pages_named(text: &str) -> BTreeSet<&str> {
    let word = |letter: char| letter.is_ascii_alphanumeric() || "._/-".contains(letter);
    let words = text.split(|letter| !word(letter)).map(|it| it.trim_end_matches('.'));
    let pages = words.filter(|it| it.strip_suffix(".md").is_some_and(|stem| !stem.is_empty()));
    pages.filter(|page| !page.starts_with('/')).collect()
}

/// Beside the file that names it, from the root, or among the pages.
fn exists(name: &str, page: &str) -> bool {
    let beside = root().join(name).parent().unwrap().join(page);
    [beside, root().join(page), root().join(PAGES).join(page)].iter().any(|path| path.is_file())
}

#[test]
fn every_page_that_is_named_exists() {
    let mut missing = Vec::new();
    for (name, text) in texts() {
        for page in pages_named(&text) {
            if !page.starts_with(WRITTEN_BY_RUNS) && !exists(&name, page) {
                missing.push(format!("{name} names {page}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Where `[…](…)` leads.
fn links(text: &str) -> Vec<&str> {
    let starts = text.match_indices("](").map(|(at, _)| &text[at + 2..]);
    starts.filter_map(|rest| rest.split_once(')').map(|(link, _)| link)).collect()
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let mut broken = Vec::new();
    let pages = texts().into_iter().filter(|(name, _)| name.ends_with(".md"));
    for (name, text) in pages {
        let folder = root().join(&name).parent().unwrap().to_owned();
        for link in links(&text) {
            let path = link.split('#').next().unwrap();
            let elsewhere = link.contains("://") || path.is_empty();
            if !elsewhere && !folder.join(path).exists() {
                broken.push(format!("{name} links to {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// ``| `check` and `other` in [file.rs](path) |``: the functions before a link are in its file.
#[test]
fn every_check_of_an_invariant_exists() {
    let page = fs::read_to_string(root().join(PAGES).join("invariants.md")).unwrap();
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| I")).collect();
    let names: Vec<String> =
        rows.iter().map(|row| row[2..].split(' ').next().unwrap().into()).collect();
    // I20 and I21 are of rules that are still to come.
    let due: Vec<String> = (1..=19).chain(22..=27).map(|number| format!("I{number}")).collect();
    assert_eq!(names, due, "one row an invariant");
    for row in rows {
        let mut rest = row;
        while let Some(at) = rest.find("](") {
            let (before, after) = rest.split_at(at);
            let (link, next) = after[2..].split_once(')').unwrap();
            let source = fs::read_to_string(root().join(PAGES).join(link)).unwrap();
            // Every second piece between back-ticks is code.
            for check in before.split('`').skip(1).step_by(2) {
                assert!(source.contains(&format!("fn {check}(")), "{link} has no {check}: {row}");
            }
            rest = next;
        }
    }
}

/// `rules.md`, "Trade": the page has a part of that name.
#[test]
fn every_part_of_the_rules_that_code_names_exists() {
    let page = fs::read_to_string(root().join(PAGES).join("rules.md")).unwrap();
    let parts: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let mut named = 0;
    let mut missing = Vec::new();
    for (name, text) in texts().iter().filter(|(name, _)| name.ends_with(".rs")) {
        for (at, words) in text.match_indices(RULES) {
            let rest = text[at + words.len()..].trim_start_matches(|it| " \n/!".contains(it));
            let Some(part) = rest.strip_prefix('"').and_then(|it| it.split('"').next()) else {
                continue;
            };
            named += 1;
            if !parts.contains(part) {
                missing.push(format!("{name}: {part}"));
            }
        }
    }
    assert!(named > 0 && missing.is_empty(), "{missing:#?}");
}

/// A claim of the README is a row with figures in back-ticks and the page they are from.
#[test]
fn the_figures_of_the_readme_are_those_of_the_pages() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut figures = 0;
    for row in readme.lines().filter(|line| line.starts_with('|') && line.contains("](infra/")) {
        let pages = links(row).into_iter().map(|link| fs::read_to_string(root().join(link)));
        let pages: Vec<String> = pages.filter_map(Result::ok).collect();
        let code = row.split('`').skip(1).step_by(2);
        for figure in
            code.filter(|it| it.chars().all(|it| it.is_ascii_digit() || ",.".contains(it)))
        {
            figures += 1;
            let stands = |page: &String| {
                page.split(|it: char| !it.is_ascii_digit() && !",.".contains(it))
                    .any(|number| number.trim_end_matches([',', '.']) == figure)
            };
            assert!(pages.iter().any(stands), "{figure} is in no page of {row}");
        }
    }
    assert!(figures >= 6, "six measured claims, not {figures} figures");
}

#[test]
fn the_readme_is_short() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let lines = readme.lines().count();
    assert!(lines <= README_LINES_MAX, "README.md has {lines} lines, at most {README_LINES_MAX}");
}
