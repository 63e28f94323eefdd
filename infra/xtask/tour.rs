//! The stories that README.md and infra/docs/tour.md tell, tried as they stand: their shell blocks
//! run against `cargo dev --memory`, and the lines of the `text` block behind each must
//! come in its output, in order. In these a `…` is whatever comes there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The program behind `cargo dev` and `cargo xtask`.
const XTASK: &str = env!("CARGO_BIN_EXE_xtask");
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// What the pages say; another port is put in its place.
const HOST: &str = "127.0.0.1:3000";
/// What the shell prints between two blocks.
const MARK: &str = "--- the next block ---";
const TOOLS: [&str; 3] = ["bash", "curl", "timeout"];
/// A story that waits for what does not come is ended.
const SECONDS_MAX: &str = "240";

/// A shell block and the lines that must come of it.
#[derive(Debug)]
struct Block {
    script: String,
    due: Vec<String>,
}

/// What a page tells under one heading.
#[derive(Debug)]
struct Story {
    title: String,
    blocks: Vec<Block>,
}

/// The stories of a page: its headings with shell blocks that talk to the marketplace.
fn stories(page: &str) -> Vec<Story> {
    let text = fs::read_to_string(Path::new(ROOT).join(page)).unwrap();
    let mut stories: Vec<Story> = Vec::new();
    let mut fenced: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut fenced, line) {
            (None, _) if line.starts_with("```") => {
                fenced = Some((line[3..].into(), String::new()))
            }
            (Some((kind, body)), "```") => {
                let story = stories.last_mut().unwrap_or_else(|| panic!("{page}: no heading"));
                match kind.as_str() {
                    "sh" => story.blocks.push(Block { script: body.clone(), due: Vec::new() }),
                    "text" => {
                        let block = story.blocks.last_mut().unwrap();
                        block.due.extend(body.lines().map(str::to_owned));
                    }
                    _ => {}
                }
                fenced = None;
            }
            (Some((_, body)), _) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, _) if line.starts_with('#') => {
                let title = line.trim_start_matches('#').trim().to_owned();
                stories.push(Story { title, blocks: Vec::new() });
            }
            _ => {}
        }
    }
    stories.retain(|story| story.blocks.iter().any(|block| block.script.contains(HOST)));
    stories
}

#[test]
fn the_readme_tells_one_story_and_the_tour_the_others() {
    assert_eq!(stories("README.md").len(), 1);
    assert!(stories("infra/docs/tour.md").len() >= 3);
    for story in ["README.md", "infra/docs/tour.md"].into_iter().flat_map(stories) {
        for block in &story.blocks {
            assert!(!block.due.is_empty(), "{}: nothing is said of {}", story.title, block.script);
        }
    }
}

#[test]
fn what_the_readme_tells_happens() {
    tell("README.md");
}

#[test]
fn what_the_tour_tells_happens() {
    tell("infra/docs/tour.md");
}

fn tell(page: &str) {
    for tool in TOOLS {
        let found = Command::new(tool).arg("--version").stdout(Stdio::null()).status();
        assert!(found.is_ok_and(|it| it.success()), "{page} needs {tool}, which is not here");
    }
    for story in stories(page) {
        let market = Market::open();
        try_out(page, &story, &market.host);
    }
}

/// `cargo dev --memory`, for one story.
struct Market {
    process: Child,
    host: String,
}

impl Market {
    fn open() -> Self {
        let mut dev = Command::new(XTASK);
        let dev = dev.args(["dev", "--memory", "--port", "0"]).stdin(Stdio::null());
        let mut process = dev.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let host = said.find_map(|line| host_in(&line.unwrap())).expect("it prints where it is");
        // Read to the end, lest it stands still at a full pipe.
        std::thread::spawn(move || said.count());
        Self { process, host }
    }
}

impl Drop for Market {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The address in the line that says where the API is.
fn host_in(line: &str) -> Option<String> {
    let url = line.trim().strip_prefix("API ")?.trim();
    Some(url.strip_prefix("http://")?.strip_suffix("/v1")?.to_owned())
}

/// Runs a story in a folder of its own, as somebody in the repository's folder would.
fn try_out(page: &str, story: &Story, host: &str) {
    let folder = folder_of(&story.title);
    let scripts: Vec<&str> = story.blocks.iter().map(|block| block.script.as_str()).collect();
    let script = scripts.join(&format!("\necho; echo '{MARK}'\n"));
    let script = script.replace(HOST, host);
    let before = std::env::var_os("PATH").unwrap();
    let path = std::iter::once(folder.clone()).chain(std::env::split_paths(&before));
    let path = std::env::join_paths(path).unwrap();
    let mut shell = Command::new("timeout");
    shell.args([SECONDS_MAX, "bash", "-e", "-c", &script]);
    let shell = shell.current_dir(&folder);
    let shell = shell.env("PATH", path).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&shell.stdout);
    let complained = String::from_utf8_lossy(&shell.stderr);
    let context = format!("{page}, {}:\n{said}\n{complained}", story.title);
    assert!(shell.status.success(), "{context}");
    let parts: Vec<&str> = said.split(MARK).collect();
    assert_eq!(parts.len(), story.blocks.len(), "{context}");
    for (block, said) in story.blocks.iter().zip(parts) {
        let mut rest = said;
        for line in &block.due {
            rest = after(rest, line).unwrap_or_else(|| panic!("no `{line}` in {context}"));
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

/// What follows `line` in `text`.
fn after<'a>(text: &'a str, line: &str) -> Option<&'a str> {
    let mut rest = text;
    for piece in line.trim().split('…') {
        let at = rest.find(piece)?;
        rest = &rest[at + piece.len()..];
    }
    Some(rest)
}

/// An empty folder with a `cargo` in it that runs the `xtask` of this build.
fn folder_of(title: &str) -> PathBuf {
    let name: String = title.chars().filter(char::is_ascii_alphanumeric).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tour").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    let cargo = folder.join("cargo");
    fs::write(&cargo, format!("#!/bin/sh\n[ \"$1\" = xtask ] && shift\nexec '{XTASK}' \"$@\"\n"))
        .unwrap();
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}
