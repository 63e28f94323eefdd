//! The DynamoDB engines side by side: does ours answer as others do?
//!
//! `dynoxide` is the engine crate, a reference by other hands; `differential` makes the same random
//! calls on ours and on it, or on DynamoDB Local, and compares. The functions' tests run on
//! `dynoxide`; `cargo dev` knows nothing of this crate, whose C library alone takes a minute to
//! build.

pub mod differential;
pub mod dynoxide;
