//! Real parallel requests, judged from committed rows.

mod duels;
mod faulty;
mod half_seen;
mod mixed;
