//! Secrets as Secrets Manager keeps them.

use serde::{Deserialize, Serialize};

/// The value in use and the one before; older ones have no label and are nobody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub current: Version,
    pub previous: Option<Version>,
}

/// One value that was put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub id: String,
    pub text: String,
}
