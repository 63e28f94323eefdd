//! `cargo xtask audit [--data FOLDER | --endpoint URL --prefix P]`: recomputes every balance from
//! the journal, prints the books, and fails naming every difference.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail, ensure};
use aws_types::SdkConfig;
use domain::ledger::{Audit, Difference, audit};
use local::{Cloud, CloudOptions, DataPlace};
use platform::{Config, SystemClock};
use store::{Item, Store, Table, ledger::read_books};

const DATA_FOLDER_DEFAULT: &str = ".local";
const USAGE: &str = "usage: cargo xtask audit [--data FOLDER | --endpoint URL [--prefix PREFIX]]

  --data FOLDER    the data of cargo dev, while it does not run (default .local)
  --endpoint URL   a DynamoDB endpoint, with credentials and region from the environment
  --prefix PREFIX  what comes before the tables' names (default jangteo-)";

/// Where the books are.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(PathBuf),
    Endpoint(String),
}

/// Prints balanced books, or fails with what differs.
#[expect(clippy::print_stdout, reason = "a command-line tool speaks on standard output")]
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let (place, prefix) = parse(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let audit = runtime.block_on(examine(place, prefix))?;
    println!("{}", books(&audit));
    let lines: Vec<String> = audit.differences.iter().map(|found| format!("  {found}")).collect();
    ensure!(lines.is_empty(), "{} differences:\n{}", lines.len(), lines.join("\n"));
    Ok(())
}

fn parse(arguments: &[String]) -> anyhow::Result<(Place, String)> {
    let mut folder = None;
    let mut endpoint = None;
    let mut prefix = None;
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
        match word {
            "--data" => folder = Some(PathBuf::from(value()?)),
            "--endpoint" => endpoint = Some(value()?.to_owned()),
            "--prefix" => prefix = Some(value()?.to_owned()),
            other => bail!("there is no option {other}\n\n{USAGE}"),
        }
    }
    let place = match (folder, endpoint) {
        (Some(_), Some(_)) => bail!("either --data or --endpoint\n\n{USAGE}"),
        (None, Some(url)) => Place::Endpoint(url),
        (folder, None) => Place::Folder(folder.unwrap_or_else(|| DATA_FOLDER_DEFAULT.into())),
    };
    Ok((place, prefix.unwrap_or_else(|| Config::local().table_prefix)))
}

/// Whether the books in `folder` balance; what differs, if they do not.
pub(crate) async fn differences(folder: PathBuf) -> anyhow::Result<Vec<String>> {
    let audit = examine(Place::Folder(folder), Config::local().table_prefix).await?;
    Ok(audit.differences.iter().map(ToString::to_string).collect())
}

async fn examine(place: Place, prefix: String) -> anyhow::Result<Audit> {
    match place {
        Place::Folder(folder) => {
            ensure!(folder.is_dir(), "there is no folder {}", folder.display());
            // No functions: nothing is delivered, nothing written.
            let cloud = Cloud::start(CloudOptions {
                functions: Vec::new(),
                clock: Arc::new(SystemClock),
                data: DataPlace::Folder(folder),
                prefix: prefix.clone(),
            })?;
            examine_twice(&cloud.sdk_config(), prefix).await
        }
        Place::Endpoint(url) => examine_twice(&crate::endpoint::sdk_config(url)?, prefix).await,
    }
}

/// A scan of a table that is written to is no snapshot: what differs must differ again.
async fn examine_twice(sdk: &SdkConfig, prefix: String) -> anyhow::Result<Audit> {
    let first = audit(&read_books(&rows(sdk, prefix.clone(), Table::Wallet).await?));
    if first.differences.is_empty() {
        return Ok(first);
    }
    let again = audit(&read_books(&rows(sdk, prefix, Table::Wallet).await?));
    let seen: BTreeSet<String> = first.differences.iter().map(Difference::to_string).collect();
    let differences = again.differences.into_iter();
    let differences = differences.filter(|found| seen.contains(&found.to_string())).collect();
    Ok(Audit { differences, ..again })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the product never scans; its auditor and a migration must"
)]
pub(crate) async fn rows(
    sdk: &SdkConfig,
    prefix: String,
    table: Table,
) -> anyhow::Result<Vec<Item>> {
    let table = Store::new(sdk, prefix).table_name(table);
    let client = aws_sdk_dynamodb::Client::new(sdk);
    let pages = client.scan().table_name(&table).consistent_read(true).into_paginator();
    let items = pages.items().send().collect::<Result<Vec<_>, _>>().await;
    items.with_context(|| format!("reading {table}"))
}

/// What the journal puts where.
fn books(audit: &Audit) -> String {
    let mut lines = vec![format!("{} journal entries", audit.entries)];
    for (kind, sum) in &audit.sums {
        lines.push(format!("  {kind:<16}{sum:>20}"));
    }
    let total: i128 = audit.sums.values().sum();
    lines.push(format!("  {:<16}{total:>20}", "together"));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::ledger::{Account, Between, Movement, MovementKind};
    use kernel::{Id, Instant, Won};
    use store::{Write, keys};

    use super::*;

    fn words(words: &[&str]) -> anyhow::Result<(Place, String)> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        parse(&words)
    }

    #[test]
    fn options_are_read() {
        let (place, prefix) = words(&[]).unwrap();
        assert_eq!((place, &*prefix), (Place::Folder(".local".into()), "jangteo-"));
        let (place, prefix) = words(&["--endpoint", "http://x", "--prefix", "p-"]).unwrap();
        assert_eq!((place, &*prefix), (Place::Endpoint("http://x".to_owned()), "p-"));
        for bad in [&["--data"][..], &["x"], &["--data", "a", "--endpoint", "b"]] {
            assert!(words(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn books_are_printed_by_kind_of_account() {
        let sums = BTreeMap::from([("spend-only", 500), ("provider", -500)]);
        let audit = Audit { differences: Vec::new(), entries: 1, sums };
        let due = "1 journal entries
  provider                        -500
  spend-only                       500
  together                           0";
        assert_eq!(books(&audit), due);
    }

    /// The folder of a market that took one top-up, perhaps with a hand in it.
    async fn folder(name: &str, tampered: bool) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("jangteo-{name}-{}", std::process::id()));
        let prefix = Config::local().table_prefix;
        let cloud = Cloud::start(CloudOptions {
            functions: Vec::new(),
            clock: Arc::new(SystemClock),
            data: DataPlace::Folder(folder.clone()),
            prefix: prefix.clone(),
        })
        .unwrap();
        let store = Store::new(&cloud.sdk_config(), prefix);
        let user = Id::from_uuid(uuid::Uuid::from_u128(1));
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user) };
        let (kind, amount) = (MovementKind::TopUp, Won::constant(500));
        let charge = Movement::transfer("top-up#1".to_owned(), kind, amount, accounts).unwrap();
        assert!(store.move_money(&charge, Instant::from_millis(1)).await.unwrap());
        if tampered {
            let wallet = Write::update(Table::Wallet, keys::wallet(user)).add("spendOnly", 1);
            store.write(wallet.if_present("pk")).await.unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_audited_and_a_hand_in_it_is_named() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for tampered in [false, true] {
            let name = format!("audit-{tampered}");
            let folder = runtime.block_on(folder(&name, tampered));
            let outcome = run(&["--data".to_owned(), folder.display().to_string()]);
            std::fs::remove_dir_all(&folder).unwrap();
            match outcome {
                Ok(()) => assert!(!tampered),
                Err(error) => {
                    assert!(tampered, "{error}");
                    let text = error.to_string();
                    assert!(text.contains("the row says 501, the journal 500"), "{text}");
                }
            }
        }
        assert!(run(&["--data".to_owned(), "no-such-folder".to_owned()]).is_err());
    }
}
