//! Keys of the identity table: accounts, names, sessions, blocks, the address book.

use domain::identity::Claim;
use kernel::{AddressId, SessionId, UserId};

use super::key::{ALONE, Key};

/// Everything of one user: the account, its sessions, whom it blocked.
#[must_use]
pub fn user(user: UserId) -> String {
    format!("{USER_PREFIX}{user}")
}
pub const USER_PREFIX: &str = "user#";

#[must_use]
pub fn account(of: UserId) -> Key {
    Key::new(user(of), "account")
}

/// Tells whose a name is; one item per name makes it unique.
#[must_use]
pub fn claim(claim: &Claim) -> Key {
    Key::new(format!("{}#{}", claim.kind().as_str(), claim.canonical()), ALONE)
}

#[must_use]
pub fn session(of: UserId, session: SessionId) -> Key {
    Key::new(user(of), format!("{SESSION_PREFIX}{session}"))
}
pub const SESSION_PREFIX: &str = "session#";

#[must_use]
pub fn block(by: UserId, blocked: UserId) -> Key {
    Key::new(user(by), format!("{BLOCK_PREFIX}{blocked}"))
}
pub const BLOCK_PREFIX: &str = "block#";

#[must_use]
pub fn address(of: UserId, address: AddressId) -> Key {
    Key::new(user(of), format!("{ADDRESS_PREFIX}{address}"))
}
pub const ADDRESS_PREFIX: &str = "address#";
/// How many addresses a user keeps.
#[must_use]
pub fn address_count(of: UserId) -> Key {
    Key::new(user(of), "addresses")
}
