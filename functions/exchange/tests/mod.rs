//! What the functions of this context are tested on, and what several of them do together.

mod concurrency;
pub mod costs;
mod faults;
pub mod fixture;
pub mod market_fixture;
mod random_walks;
