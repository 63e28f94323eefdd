//! The catalogue of products that the exchange trades (`rules.md`, "Exchange").

mod option;

pub use option::{ItemOption, UnknownOption};
