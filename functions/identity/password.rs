//! Hashing and comparing passwords: argon2id, m = 19 MiB, t = 2, p = 1 (`rules.md`, "Accounts").
//!
//! Done on the request's own thread: a container has one request at a time, so nobody waits behind
//! it, and the 19 MiB are needed once.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use domain::identity::Password;
use platform::Problem;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Compared against when there is no account: the same work, for nothing.
const NOBODYS_SALT: &[u8; 16] = b"nobody's account";

fn hasher() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Problem::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The text to store: algorithm, parameters, salt and hash (PHC string).
pub fn hash(password: &Password, salt: [u8; 16]) -> Result<String, Problem> {
    let hash = hasher()?.hash_password_with_salt(password.as_str().as_bytes(), &salt);
    Ok(hash.map_err(Problem::internal)?.to_string())
}

/// Whether the password is the one that was hashed; never, but as slowly, without a hash.
pub fn verify(stored: Option<&str>, password: &str) -> Result<bool, Problem> {
    let hasher = hasher()?;
    match stored {
        Some(stored) => Ok(hasher.verify_password(password.as_bytes(), stored).is_ok()),
        None => {
            let wasted = hasher.hash_password_with_salt(password.as_bytes(), NOBODYS_SALT);
            wasted.map(|_| false).map_err(Problem::internal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_verifies_its_own_password_only() {
        let stored = hash(&"hunter2hunter2".parse().unwrap(), [7; 16]).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(Some(&stored), "hunter2hunter2").unwrap());
        for wrong in ["", "hunter2hunter", "Hunter2hunter2", "hunter2hunter2\0"] {
            assert!(!verify(Some(&stored), wrong).unwrap(), "{wrong}");
        }
        assert!(!verify(None, "hunter2hunter2").unwrap());
    }

    #[test]
    fn the_same_password_hashes_differently_with_another_salt() {
        let password = "hunter2hunter2".parse().unwrap();
        assert_ne!(hash(&password, [1; 16]).unwrap(), hash(&password, [2; 16]).unwrap());
    }
}
