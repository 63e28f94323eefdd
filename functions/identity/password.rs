//! Passwords of accounts, hashed like everything that only its owner may know.

use domain::identity::Password;
use platform::{Problem, hashing};

pub use hashing::verify;

/// The text to store.
pub fn hash(password: &Password, salt: [u8; 16]) -> Result<String, Problem> {
    hashing::hash(password.as_str(), salt)
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
