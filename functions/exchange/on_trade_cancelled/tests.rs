//! What becomes of two orders whose trade came to nothing.

mod buying_again;
mod returning;
