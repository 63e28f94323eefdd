//! The bugs, one row each. A row says what is broken, where the product would have to be wrong for
//! it, and which invariant must speak.

mod auctions;
mod bug;
mod messages;
mod money;
mod orders;
mod trades;
mod windows;

pub use bug::Bug;

/// Every bug of this kind.
pub fn all() -> impl Iterator<Item = &'static Bug> {
    [auctions::BUGS, orders::BUGS, money::BUGS, trades::BUGS, messages::BUGS, windows::BUGS]
        .into_iter()
        .flatten()
}
