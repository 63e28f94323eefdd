//! What `identity` tells: accounts.

use kernel::UserId;
use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// An account was created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSignedUp {
    pub user_id: UserId,
    pub nickname: String,
}
impl Event for UserSignedUp {
    const KIND: &'static str = "UserSignedUp";
}
