//! Hashing and comparing what only its owner may know: argon2id, m = 19 MiB, t = 2, p = 1
//! (`rules.md`, "Accounts").
//!
//! Done on the request's own thread: a container has one request at a time, so nobody waits behind
//! it, and the 19 MiB are needed once.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::Problem;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Compared against when there is nothing to compare with: the same work, for nothing.
const NOBODYS_SALT: &[u8; 16] = b"nobody's account";

fn hasher() -> Result<Argon2<'static>, Problem> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Problem::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The text to store: algorithm, parameters, salt and hash (PHC string).
pub fn hash(secret: &str, salt: [u8; 16]) -> Result<String, Problem> {
    let hash = hasher()?.hash_password_with_salt(secret.as_bytes(), &salt);
    Ok(hash.map_err(Problem::internal)?.to_string())
}

/// Whether the secret is the one that was hashed; never, but as slowly, without a hash.
pub fn verify(stored: Option<&str>, secret: &str) -> Result<bool, Problem> {
    let hasher = hasher()?;
    match stored {
        Some(stored) => Ok(hasher.verify_password(secret.as_bytes(), stored).is_ok()),
        None => {
            let wasted = hasher.hash_password_with_salt(secret.as_bytes(), NOBODYS_SALT);
            wasted.map(|_| false).map_err(Problem::internal)
        }
    }
}
