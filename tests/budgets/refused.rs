//! What a refusal costs: each problem that a route lists, provoked.

mod absent;
mod accounts;
mod auctions;
mod exchange;
mod framework;
mod payments;
mod taking;
mod trades;
pub mod wallets;

use super::book::Book;

pub async fn story() -> Book {
    let stories = [
        absent::story().await,
        accounts::story().await,
        auctions::story().await,
        exchange::story().await,
        framework::story().await,
        payments::story().await,
        taking::story().await,
        trades::story().await,
        wallets::story().await,
    ];
    // How these stories came to be refused, and what workers clear away after several of them at
    // once, is nobody's budget.
    let refusals = |outcome: &str| outcome.starts_with('4') || outcome.starts_with('5');
    stories.into_iter().fold(Book::default(), Book::joined).only(refusals)
}
