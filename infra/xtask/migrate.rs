//! `cargo xtask migrate [--data FOLDER]`: brings the data of an older `cargo dev` to the format of
//! this version. `cargo dev` does the same when it starts.
//!
//! The steps are numbered and work on a copy, whose books are audited before it takes the folder's
//! place; what was there before is moved aside, never deleted. Wherever it stops half-way,
//! beginning again is right.

mod debts;
mod kinds;
mod lists;
mod overdue;
mod step;
mod strikes;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, bail, ensure};
use local::{
    Cloud, CloudOptions, DATA_FORMAT, DataPlace, data_format, declare_format, lock_folder,
};
use platform::{Config, SystemClock};

use self::step::Step;
use crate::audit;

const DATA_FOLDER_DEFAULT: &str = ".local";
const USAGE: &str = "usage: cargo xtask migrate [--data FOLDER]

  --data FOLDER    the data of cargo dev, while it does not run (default .local)";
/// The last format that this version cannot read at all: another engine's file.
const UNREADABLE: u32 = 1;

/// Every step since the formats have numbers, in order; 2 is the first of this engine.
const STEPS: &[Step] = &[
    Step { from: 2, what: "strikes name their trades", run: strikes::named },
    Step { from: 3, what: "money of two kinds", run: kinds::split },
    Step { from: 4, what: "a row a debt", run: debts::named },
    Step { from: 5, what: "lists for staff", run: lists::listed },
    Step { from: 6, what: "payments that nobody confirms end", run: overdue::found },
];

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There was nothing to do.
    Current,
    /// What cannot be read by this version was moved here; the folder begins anew.
    MovedAside(PathBuf),
    /// The data are of this version's format now; as they were, they are kept here.
    Migrated { kept: PathBuf },
}

/// Brings the folder up, and says what was done.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let folder = match arguments {
        [] => PathBuf::from(DATA_FOLDER_DEFAULT),
        [word, folder] if word == "--data" => PathBuf::from(folder),
        _ => bail!("{USAGE}"),
    };
    let there = folder.is_dir() || copy_of(&folder).is_dir();
    ensure!(there, "there is no folder {}", folder.display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(bring_up(&folder))?;
    if outcome == Outcome::Current {
        println!("the data in {} are of format {DATA_FORMAT} already", folder.display());
    }
    Ok(())
}

/// Brings the data in `folder` to this version's format, and says so where anything was done.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub(crate) async fn bring_up(folder: &Path) -> anyhow::Result<Outcome> {
    let outcome = migrate(folder, STEPS).await?;
    let name = folder.display();
    match &outcome {
        Outcome::Current => {}
        Outcome::MovedAside(kept) => println!(
            "{name} was written by the engine before this one, which this version does not have: \
             it is kept as {}, and a new market begins",
            kept.display()
        ),
        Outcome::Migrated { kept } => println!(
            "{name} was brought to format {DATA_FORMAT}; as it was, it is kept as {}",
            kept.display()
        ),
    }
    Ok(outcome)
}

async fn migrate(folder: &Path, steps: &[Step]) -> anyhow::Result<Outcome> {
    let name = folder.display();
    let copy = copy_of(folder);
    if !folder.exists() && copy.exists() {
        // Stopped between the two renames of a swap: the copy was done, and audited.
        fs::rename(&copy, folder).with_context(|| format!("putting the copy of {name} there"))?;
    }
    let found = data_format(folder).with_context(|| name.to_string())?;
    match found {
        None | Some(DATA_FORMAT) => Ok(Outcome::Current),
        Some(found) if found > DATA_FORMAT => bail!(
            "{name} is of format {found}, made by a newer version; this one knows {DATA_FORMAT}"
        ),
        Some(found) if found <= UNREADABLE => {
            let kept = beside(folder, &format!("format-{found}"));
            fs::rename(folder, &kept).with_context(|| format!("moving {name} aside"))?;
            Ok(Outcome::MovedAside(kept))
        }
        Some(found) => replace(folder, found, steps).await,
    }
}

/// Puts a copy that the steps from `found` on were run on in the folder's place.
async fn replace(folder: &Path, found: u32, steps: &[Step]) -> anyhow::Result<Outcome> {
    let name = folder.display();
    let _lock = lock_folder(folder).with_context(|| name.to_string())?;
    let copy = copy_of(folder);
    if copy.exists() {
        // Of one that stopped half-way: nobody knows how far it came.
        fs::remove_dir_all(&copy).with_context(|| format!("removing {}", copy.display()))?;
    }
    fs::create_dir(&copy).with_context(|| copy.display().to_string())?;
    if let Err(error) = worked_on(folder, &copy, found, steps).await {
        fs::remove_dir_all(&copy).with_context(|| format!("removing {}", copy.display()))?;
        return Err(error.context(format!("{name}: nothing was changed")));
    }
    let kept = beside(folder, &format!("format-{found}"));
    fs::rename(folder, &kept).with_context(|| format!("moving {name} aside"))?;
    fs::rename(&copy, folder).with_context(|| format!("putting the copy of {name} there"))?;
    Ok(Outcome::Migrated { kept })
}

/// Copies the folder, runs the steps that it lacks on the copy, and audits its books.
async fn worked_on(folder: &Path, copy: &Path, found: u32, steps: &[Step]) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        fs::copy(entry.path(), copy.join(entry.file_name()))?;
    }
    // The steps work with this version's engine, on what is not yet what it says.
    declare_format(copy)?;
    let cloud = Cloud::start(CloudOptions {
        functions: Vec::new(),
        clock: Arc::new(SystemClock),
        data: DataPlace::Folder(copy.to_owned()),
        prefix: Config::local().table_prefix,
    })?;
    for step in steps.iter().filter(|step| step.from >= found) {
        (step.run)(&cloud).await.with_context(|| format!("step {}: {}", step.from, step.what))?;
    }
    drop(cloud);
    let differences = audit::differences(copy.to_owned()).await?;
    ensure!(differences.is_empty(), "the books differ after it:\n  {}", differences.join("\n  "));
    Ok(())
}

/// The copy that is worked on, beside the folder.
fn copy_of(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!("{name}.migrating"))
}

/// A name beside the folder that nothing has yet.
fn beside(folder: &Path, word: &str) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = |number: u32| match number {
        1 => format!("{name}-{word}"),
        number => format!("{name}-{word}-{number}"),
    };
    let mut names = (1..).map(|number| folder.with_file_name(name(number)));
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.with_file_name(name(0)))
}

#[cfg(test)]
mod tests;
