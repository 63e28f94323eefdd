//! Hashing and comparing what only its owner may know, by argon2id.
//!
//! Done on the request's own thread: a container has one request at a time, so nobody waits behind
//! it, and the memory is needed once.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::Problem;

const LANES: u32 = 1;
/// Compared against when there is nothing to compare with: the same work, for nothing.
const NOBODYS_SALT: &[u8; 16] = b"nobody's account";

/// How much work one hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashing {
    memory_kib: u32,
    passes: u32,
}

impl Hashing {
    /// m = 19 MiB, t = 2, p = 1 (`rules.md`, "Accounts"): the only one that a stack has.
    pub const RULES: Self = Self { memory_kib: 19 * 1024, passes: 2 };
    /// As little as there can be: for whole markets in virtual time, a third of whose work it was.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1 };

    fn hasher(self) -> Result<Argon2<'static>, Problem> {
        let params = Params::new(self.memory_kib, self.passes, LANES, None);
        let params = params.map_err(Problem::internal)?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }

    /// The text to store: algorithm, parameters, salt and hash (PHC string).
    pub fn hash(self, secret: &str, salt: [u8; 16]) -> Result<String, Problem> {
        let hash = self.hasher()?.hash_password_with_salt(secret.as_bytes(), &salt);
        Ok(hash.map_err(Problem::internal)?.to_string())
    }

    /// Whether the secret is the one that was hashed; never, but as slowly, without a hash.
    pub fn verify(self, stored: Option<&str>, secret: &str) -> Result<bool, Problem> {
        let hasher = self.hasher()?;
        match stored {
            Some(stored) => Ok(hasher.verify_password(secret.as_bytes(), stored).is_ok()),
            None => {
                let wasted = hasher.hash_password_with_salt(secret.as_bytes(), NOBODYS_SALT);
                wasted.map(|_| false).map_err(Problem::internal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Hashing = Hashing::RULES;

    #[test]
    fn a_hash_verifies_its_own_password_only() {
        let stored = OURS.hash("hunter2hunter2", [7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(OURS.verify(Some(&stored), "hunter2hunter2").unwrap());
        for wrong in ["", "hunter2hunter", "Hunter2hunter2", "hunter2hunter2\0"] {
            assert!(!OURS.verify(Some(&stored), wrong).unwrap(), "{wrong}");
        }
        assert!(!OURS.verify(None, "hunter2hunter2").unwrap());
    }

    #[test]
    fn the_same_password_hashes_differently_with_another_salt() {
        let hash = |salt| OURS.hash("hunter2hunter2", [salt; 16]).unwrap();
        assert_ne!(hash(1), hash(2));
    }
}
