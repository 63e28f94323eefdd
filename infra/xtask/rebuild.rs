//! `cargo xtask rebuild [--data FOLDER | --endpoint URL --prefix P] [--check]`: recomputes what the
//! exchange's market looks like (depth, best and last prices, the bars of charts) from the book and
//! the trades, and writes again what differs; with `--check` it only names what does, and fails.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail, ensure};
use aws_types::SdkConfig;
use kernel::Clock as _;
use local::{Cloud, CloudOptions, DataPlace};
use platform::{Config, SystemClock};
use store::{
    Item, Store, Table,
    exchange::{Difference, Projection, differences},
};

const DATA_FOLDER_DEFAULT: &str = ".local";
/// How often what differs is written again: somebody may trade at the same time.
const ROUNDS_MAX: u32 = 5;
const USAGE: &str = "\
usage: cargo xtask rebuild [--data FOLDER | --endpoint URL [--prefix PREFIX]] [--check]

  --data FOLDER    the data of cargo dev, while it does not run (default .local)
  --endpoint URL   a DynamoDB endpoint, with credentials and region from the environment
  --prefix PREFIX  what comes before the tables' names (default jangteo-)
  --check          write nothing: name what differs, and fail if anything does";

/// Where the market is, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    place: Place,
    prefix: String,
    check: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Endpoint(String),
}

/// What was found, and written if that was asked for.
#[derive(Debug, Default)]
struct Outcome {
    differences: Vec<Difference>,
    /// Still not what it should be.
    left: Vec<Difference>,
}

/// Prints what differed, and fails if anything still does.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let asked = parse(arguments)?;
    let check = asked.check;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Outcome { differences, left } = runtime.block_on(work(asked))?;
    if !check {
        println!("{} rows differed{}", differences.len(), lines(&differences));
    }
    ensure!(left.is_empty(), "{} rows differ{}", left.len(), lines(&left));
    if check {
        println!("the market looks as book and trades say");
    }
    Ok(())
}

fn lines(differences: &[Difference]) -> String {
    differences.iter().map(|found| format!("\n  {found}")).collect()
}

fn parse(arguments: &[String]) -> anyhow::Result<Asked> {
    let mut folder = None;
    let mut endpoint = None;
    let mut prefix = None;
    let mut check = false;
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
        match word {
            "--data" => folder = Some(PathBuf::from(value()?)),
            "--endpoint" => endpoint = Some(value()?.to_owned()),
            "--prefix" => prefix = Some(value()?.to_owned()),
            "--check" => check = true,
            other => bail!("there is no option {other}\n\n{USAGE}"),
        }
    }
    let place = match (folder, endpoint) {
        (Some(_), Some(_)) => bail!("either --data or --endpoint\n\n{USAGE}"),
        (None, Some(url)) => Place::Endpoint(url),
        (folder, None) => Place::Folder(folder.unwrap_or_else(|| DATA_FOLDER_DEFAULT.into())),
    };
    let prefix = prefix.unwrap_or_else(|| Config::local().table_prefix);
    Ok(Asked { place, prefix, check })
}

async fn work(asked: Asked) -> anyhow::Result<Outcome> {
    let Asked { place, prefix, check } = asked;
    match place {
        Place::Folder(folder) => {
            ensure!(folder.is_dir(), "there is no folder {}", folder.display());
            // No functions: nothing is delivered. What the writes tell waits for the next run.
            let cloud = Cloud::start(CloudOptions {
                functions: Vec::new(),
                clock: Arc::new(SystemClock),
                data: DataPlace::Folder(folder),
                prefix: prefix.clone(),
            })?;
            rebuild(&cloud.sdk_config(), prefix, check).await
        }
        Place::Endpoint(url) => rebuild(&crate::endpoint::sdk_config(url)?, prefix, check).await,
    }
}

async fn rebuild(sdk: &SdkConfig, prefix: String, check: bool) -> anyhow::Result<Outcome> {
    let store = Store::new(sdk, prefix);
    let found = examine_twice(sdk, &store).await?;
    if check {
        return Ok(Outcome { differences: Vec::new(), left: found });
    }
    let mut left = found.clone();
    for _ in 0..ROUNDS_MAX {
        for difference in &left {
            // `false`: it moved meanwhile. The next round looks at it again.
            let what = &difference.what;
            let written = store.projection_rebuild(what, SystemClock.now()).await;
            written.with_context(|| what.to_string())?;
        }
        left = examine_twice(sdk, &store).await?;
        if left.is_empty() {
            break;
        }
    }
    Ok(Outcome { differences: found, left })
}

/// A scan of a table that is written to is no snapshot, and projections follow the book by moments:
/// what differs must differ again, in the same way.
async fn examine_twice(sdk: &SdkConfig, store: &Store) -> anyhow::Result<Vec<Difference>> {
    let first = differences(&rows(sdk, store).await?)?;
    if first.is_empty() {
        return Ok(first);
    }
    let seen: BTreeMap<Projection, Difference> =
        first.into_iter().map(|found| (found.what, found)).collect();
    let again = differences(&rows(sdk, store).await?)?.into_iter();
    Ok(again.filter(|found| seen.get(&found.what) == Some(found)).collect())
}

#[expect(clippy::disallowed_methods, reason = "the product never scans; its auditor must")]
async fn rows(sdk: &SdkConfig, store: &Store) -> anyhow::Result<Vec<Item>> {
    let table = store.table_name(Table::Exchange);
    let client = aws_sdk_dynamodb::Client::new(sdk);
    let pages = client.scan().table_name(&table).consistent_read(true).into_paginator();
    let items = pages.items().send().collect::<Result<Vec<_>, _>>().await;
    items.with_context(|| format!("reading {table}"))
}

#[cfg(test)]
mod tests;
