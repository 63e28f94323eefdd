//! The ledger on the real engine: what `store::ledger` promises to every context.

mod cases;
mod holds;
mod tampering;
mod walk;
