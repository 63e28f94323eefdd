//! What the functions of this context are tested on, and what several of them do together.

mod faults;
pub mod fixture;
mod random_walks;
