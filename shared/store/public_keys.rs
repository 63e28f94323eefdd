//! The public halves of the signing keys, in one row: what a function without secrets verifies
//! tokens with, and what the key set on the web shows.

use kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::{CommitError, Read, Store, StoreError, Table, Write, from_item, keys, to_item};

/// One public key (Ed25519).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    pub kid: String,
    /// base64url, as in a JSON Web Key.
    pub x: String,
    /// Nothing is signed with it before.
    pub since: Instant,
}

/// The row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeys {
    /// Oldest first.
    pub keys: Vec<PublicKey>,
    /// How often the row was written; 0: never.
    pub revision: i64,
}

impl Store {
    /// The row as it stands, empty before anybody has written it.
    pub async fn public_keys_read(&self, read: Read) -> Result<PublicKeys, StoreError> {
        let item = self.get(Table::Operation, &keys::public_keys(), read).await?;
        Ok(item.map(from_item).transpose()?.unwrap_or_default())
    }

    /// Puts `keys` in the place of the row that was read with `revision`. `false`: another hand
    /// was faster.
    pub async fn public_keys_replace(
        &self,
        keys: Vec<PublicKey>,
        revision: i64,
    ) -> Result<bool, CommitError> {
        let row = PublicKeys { keys, revision: revision + 1 };
        let item = to_item(&keys::public_keys(), &row).map_err(StoreError::from)?;
        let write = match revision {
            0 => Write::create(Table::Operation, item),
            _ => Write::put(Table::Operation, item).when_number("revision", "=", revision),
        };
        match self.write(write).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
