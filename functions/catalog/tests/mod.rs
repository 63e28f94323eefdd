//! What the functions of this context are tested on, and what several of them do together.

pub mod fixture;
mod staff_log;
