//! Real parallel requests, judged from committed rows.

mod duels;
mod faulty;
mod mixed;
