//! The exchange: orders, what the market looks like, and how orders end.

pub mod fixture;

mod ends;
mod market;
mod orders;
mod repriced;

use super::book::Book;

pub async fn story() -> Book {
    let stories = [
        orders::story().await,
        repriced::story().await,
        market::story().await,
        ends::story().await,
    ];
    stories.into_iter().fold(Book::default(), Book::joined)
}
