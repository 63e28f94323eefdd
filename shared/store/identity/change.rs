//! Why accounts and sessions are not written.

use domain::identity::ClaimKind;

use crate::StoreError;

/// Why an account was not written.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("the {} is held by another account", .0.as_str())]
    Taken(ClaimKind),
    /// It is not at the version that the change was made for.
    #[error("the account was changed meanwhile")]
    Stale,
    /// The session that asked has been logged out.
    #[error("the session is over")]
    SessionOver,
    #[error(transparent)]
    Store(#[from] StoreError),
}
