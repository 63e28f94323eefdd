//! `seeded-bugs`: plays the market with every bug of the catalogue in, and fails when one is not
//! found. `cargo xtask seeded-bugs` builds and runs it.
#![allow(clippy::print_stdout, reason = "a tool for a person at a terminal")]

use std::{path::PathBuf, time::Instant};

use anyhow::{Context as _, bail, ensure};
use figures::{Figures, Run};
use jangteo_bugs::{
    catalogue::{self, Bug},
    hunt::{Ground, Hunt, control, hunt, mended, side_by_side},
    patches::{self, Patch},
    source::{Copy, Tested},
};
use serde_json::{Map, json};

const USAGE: &str = "\
usage: cargo xtask seeded-bugs [--only NAME] [--seeds A..B] [--ops N] [--source] [--list]

  --only NAME   the bugs whose names contain this; no figures are kept then
  --seeds A..B  where they are looked for, in order (default 1..6)
  --ops N       how many steps the market's people take in a seed (default 300)
  --source      the bugs in a copy of the source instead: minutes each where a handler is wrong
  --list        say what there is, and do nothing";

/// What was asked for.
struct Ask {
    only: String,
    ground: Ground,
    source: bool,
    list: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ask = read(&arguments)?;
    if ask.list {
        for bug in catalogue::all() {
            println!("{:<42}{} [{}]", bug.name, bug.breaks, bug.imitates);
        }
        for patch in patches::all() {
            println!("{:<42}{} [{}]", patch.name, patch.breaks, patch.file);
        }
        return Ok(());
    }
    let run = Run::begin(&root(), "cargo xtask seeded-bugs", &arguments);
    if ask.source { of_source(&ask, run) } else { of_wire(&ask, run) }
}

fn read(arguments: &[String]) -> anyhow::Result<Ask> {
    let ground = Ground { first: 1, last: 6, steps: 300 };
    let mut ask = Ask { only: String::new(), ground, source: false, list: false };
    let mut left = arguments.iter();
    while let Some(name) = left.next() {
        let mut value = || left.next().with_context(|| format!("{name} wants a value\n\n{USAGE}"));
        match name.as_str() {
            "--only" => ask.only.clone_from(value()?),
            "--ops" => ask.ground.steps = value()?.parse()?,
            "--seeds" => {
                let (first, last) = value()?.split_once("..").context(USAGE)?;
                (ask.ground.first, ask.ground.last) = (first.parse()?, last.parse()?);
            }
            "--source" => ask.source = true,
            "--list" => ask.list = true,
            other => bail!("{other}?\n\n{USAGE}"),
        }
    }
    Ok(ask)
}

fn of_wire(ask: &Ask, run: Run) -> anyhow::Result<()> {
    let began = Instant::now();
    let bugs: Vec<&'static Bug> =
        catalogue::all().filter(|it| it.name.contains(&*ask.only)).collect();
    ensure!(!bugs.is_empty(), "there is no bug like {}", ask.only);
    // A panic is caught and told as a finding; its trace says nothing more.
    std::panic::set_hook(Box::new(|_| {}));
    let seeds: Vec<u64> = (ask.ground.first..=ask.ground.last).collect();
    let sound = |seed: &u64| control(Ground { first: *seed, last: *seed, ..ask.ground });
    let noise: Vec<String> = side_by_side(&seeds, sound).into_iter().flatten().collect();
    println!("without a bug: {} seeds, {} findings", seeds.len(), noise.len());
    let hunts = side_by_side(&bugs, |bug| {
        let hunt = hunt(bug, ask.ground);
        println!("{}", line(&hunt));
        hunt
    });
    let swept: Vec<&'static Bug> =
        bugs.iter().copied().filter(|bug| bug.tamper.mended().is_some()).collect();
    let healed = side_by_side(&swept, |bug| match mended(bug, ask.ground) {
        Some(found) if found.is_empty() => Ok(bug.name),
        found => Err(format!("{} with the sweeps at work: {found:?}", bug.name)),
    });
    let unhealed: Vec<String> = healed.into_iter().filter_map(Result::err).collect();
    let healed = swept.len() - unhealed.len();
    println!("{healed} of {} mended by a sweep", swept.len());
    let missed: Vec<&Hunt> = hunts.iter().filter(|hunt| hunt.found_by.is_none()).collect();
    let seconds = began.elapsed().as_secs();
    println!("{} bugs, {} found, {seconds} s", hunts.len(), hunts.len() - missed.len());
    let mut figures = Map::new();
    figures.insert("bugs".to_owned(), json!(hunts.len()));
    figures.insert("found".to_owned(), json!(hunts.len() - missed.len()));
    figures.insert("seeds of the control".to_owned(), json!(seeds.len()));
    figures.insert("findings of the control".to_owned(), json!(noise.len()));
    figures.insert("mended by a sweep, with the sweeps at work".to_owned(), json!(healed));
    figures.insert("seconds".to_owned(), json!(seconds));
    for hunt in &hunts {
        let by = hunt.found_by.as_deref().unwrap_or("nobody");
        let text = format!("{by}, seed {}, {} calls", hunt.seed, hunt.operations);
        figures.insert(format!("bug {}", hunt.name), json!(text));
    }
    if ask.only.is_empty() {
        Figures::new(run, figures).leave(&root(), "seeded-bugs")?;
    }
    for hunt in &missed {
        println!("\n{} was not found ({} spoilt). Others that spoke:", hunt.name, hunt.strikes);
        hunt.others.iter().take(3).for_each(|other| println!("  {}", shortened(other)));
    }
    ensure!(unhealed.is_empty(), "not mended: {unhealed:#?}");
    ensure!(noise.is_empty(), "without a bug: {noise:#?}");
    let missed: Vec<&str> = missed.iter().map(|hunt| hunt.name).collect();
    ensure!(missed.is_empty(), "not found: {missed:?}");
    Ok(())
}

fn line(hunt: &Hunt) -> String {
    let by = hunt.found_by.as_deref().unwrap_or("NOBODY");
    let Hunt { name, seed, operations, strikes, .. } = hunt;
    format!("{name:<42}{by:<17}seed {seed:<4}{operations:>8} calls {strikes:>6} spoilt")
}

fn of_source(ask: &Ask, run: Run) -> anyhow::Result<()> {
    let root = root();
    let patches: Vec<&'static Patch> =
        patches::all().filter(|it| it.name.contains(&*ask.only)).collect();
    ensure!(!patches.is_empty(), "there is no bug like {}", ask.only);
    let copy = Copy::of(&root)?;
    let mut tested: Vec<Tested> = Vec::new();
    let mut sound: Vec<(&str, &str)> = Vec::new();
    for patch in patches {
        let tests = (patch.package, patch.tests);
        if !sound.contains(&tests) {
            let failed = copy.control(patch)?;
            ensure!(failed.is_none(), "without a bug, {failed:?} of {tests:?} fails");
            sound.push(tests);
        }
        let one = copy.with(patch)?;
        println!("{:<42}{}", patch.name, one.found_by.as_deref().unwrap_or("NOBODY"));
        tested.push(one);
    }
    let missed: Vec<&str> =
        tested.iter().filter(|it| it.found_by.is_none()).map(|it| it.patch.name).collect();
    let mut figures = Map::new();
    figures.insert("bugs".to_owned(), json!(tested.len()));
    figures.insert("found".to_owned(), json!(tested.len() - missed.len()));
    for one in &tested {
        let by = one.found_by.as_deref().unwrap_or("nobody");
        figures.insert(format!("bug {}", one.patch.name), json!(by));
    }
    if ask.only.is_empty() {
        Figures::new(run, figures).leave(&root, "seeded-bugs-source")?;
    }
    ensure!(missed.is_empty(), "not found: {missed:?}");
    println!("{} bugs, all found", tested.len());
    Ok(())
}

fn root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(3).map_or_else(PathBuf::new, PathBuf::from)
}

fn shortened(text: &str) -> String {
    text.chars().take(300).collect()
}
