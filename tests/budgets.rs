//! What every operation may ask of DynamoDB: measured by stories over the gateway, held against
//! `infra/docs/budgets.md`.
//!
//! Adding rows: ask the route in a story of `tests/budgets/` (or in a new one, listed in
//! [`measured`]). A worker's row appears with the request that sets it to work.

mod accounts;
mod auctions;
mod book;
mod cards;
mod catalog;
mod coverage;
mod exchange;
mod inspected;
mod operation;
mod payments;
mod stage;
mod trades;
mod wallets;

use std::{fs, path::PathBuf};

use crate::support::root;

use book::Book;

const CHECKED_IN: &str = "infra/docs/budgets.md";
const MEASURED: &str = "target/budgets.md";

async fn measured() -> Book {
    let stories = [
        accounts::story().await,
        auctions::story().await,
        payments::story().await,
        wallets::story().await,
        trades::story().await,
        inspected::story().await,
        catalog::story().await,
        exchange::story().await,
        cards::story().await,
        operation::story().await,
    ];
    stories.into_iter().fold(Book::default(), Book::joined)
}

#[tokio::test]
async fn no_operation_costs_more_than_its_budget() {
    let measured = measured().await;
    let text = measured.render();
    let (kept, written): (PathBuf, PathBuf) = (root().join(CHECKED_IN), root().join(MEASURED));
    fs::create_dir_all(root().join("target")).unwrap();
    fs::write(&written, &text).unwrap();
    let checked_in = fs::read_to_string(kept).unwrap_or_default();
    let (rises, changes) = measured.against(&Book::parse(&checked_in));
    assert!(rises.is_empty(), "operations became dearer:\n{}", rises.join("\n"));
    assert!(
        changes.is_empty() && checked_in == text,
        "{CHECKED_IN} is out of date; copy {MEASURED} over it:\n{}",
        changes.join("\n")
    );
}
