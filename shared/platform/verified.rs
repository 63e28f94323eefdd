//! The access tokens that this container has verified.
//!
//! A signature is a fact about a text, true as long as the key is: it is worked out once. What else
//! a token is checked for (the clock, first of all) is checked at every request anew; a text that
//! was refused is not kept, so nobody fills this but the holders of tokens of ours.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};

/// More callers than one container meets in the quarter of an hour that a token lives; when full it
/// starts over, and each token costs one verification more.
const TOKENS_MAX: usize = 256;

/// The name of a token: never the token itself, which a dump of the memory would give away.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name([u8; SHA256_OUTPUT_LEN]);

impl Name {
    pub(crate) fn of(token: &str) -> Self {
        let mut name = [0; SHA256_OUTPUT_LEN];
        name.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(name)
    }
}

/// What each token grants (`G`). Belongs to one set of keys, and goes with it.
pub(crate) struct Verified<G>(Mutex<HashMap<Name, G>>);

impl<G> Default for Verified<G> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<G: Clone> Verified<G> {
    pub(crate) fn get(&self, name: Name) -> Option<G> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(&name).cloned()
    }

    pub(crate) fn put(&self, name: Name, granted: G) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS_MAX {
            tokens.clear();
        }
        tokens.insert(name, granted);
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use domain::identity::Role;
    use kernel::{Id, Instant, Span};
    use uuid::Uuid;

    use super::*;
    use crate::{ACCESS_TOKEN_LIFE, Config, Keys, Secrets, secrets::Ring};

    fn born() -> Instant {
        Instant::from_millis(1_900_000_000_000)
    }

    fn keys() -> Keys {
        Keys::new(&Config::local()).unwrap()
    }

    /// A market that signs with another key.
    fn elsewhere() -> Config {
        let signing = Some(Ring::of([0x11; 32]));
        Config { secrets: Secrets { signing, ..Secrets::local() }, ..Config::local() }
    }

    fn token(keys: &Keys, user: u128, at: Instant) -> String {
        let id = Uuid::from_u128(user);
        keys.access_token(Id::from_uuid(id), Id::from_uuid(id), &[Role::Inspector], at).unwrap()
    }

    fn remembered(keys: &Keys) -> usize {
        keys.verified().0.lock().unwrap().len()
    }

    #[test]
    fn a_remembered_token_speaks_for_the_same_caller() {
        let keys = keys();
        let token = token(&keys, 7, born());
        let first = keys.caller(&token, born()).unwrap();
        assert_eq!(remembered(&keys), 1);
        assert_eq!(first.user, Id::from_uuid(Uuid::from_u128(7)));
        assert!(first.has(Role::Inspector));
        assert_eq!(keys.caller(&token, born() + Span::minutes(1)), Some(first));
        assert_eq!(remembered(&keys), 1);
    }

    #[test]
    fn a_remembered_token_ends_when_it_says() {
        let keys = keys();
        let token = token(&keys, 7, born());
        let end = born() + ACCESS_TOKEN_LIFE;
        assert!(keys.caller(&token, born()).is_some());
        assert!(keys.caller(&token, end - Span::millis(1)).is_some());
        assert!(keys.caller(&token, end).is_none());
        assert!(keys.caller(&token, end + Span::days(1)).is_none());
        // A clock that was put back, as two machines' clocks differ: the token's own word counts.
        assert!(keys.caller(&token, end - Span::millis(1)).is_some());
        assert!(keys.caller(&token, born() - Span::seconds(2)).is_some());
    }

    #[test]
    fn what_is_refused_is_not_remembered() {
        let keys = keys();
        let expired = token(&keys, 7, born() - ACCESS_TOKEN_LIFE);
        let foreign = elsewhere();
        let foreign = token(&Keys::new(&foreign).unwrap(), 7, born());
        let other = Config { issuer: "https://elsewhere.example".to_owned(), ..Config::local() };
        let other = token(&Keys::new(&other).unwrap(), 7, born());
        let receipt = keys.sign(&serde_json::json!({ "typ": "bid-receipt" })).unwrap();
        for bad in [expired.as_str(), &foreign, &other, &receipt, "", "a.b.c"] {
            for _ in 0..2 {
                assert!(keys.caller(bad, born()).is_none(), "{bad}");
            }
        }
        assert_eq!(remembered(&keys), 0);
    }

    #[test]
    fn a_forged_twin_of_a_remembered_token_is_refused() {
        let keys = keys();
        let honest = token(&keys, 7, born());
        assert!(keys.caller(&honest, born()).is_some());
        for (at, byte) in honest.bytes().enumerate() {
            let mut forged = honest.clone().into_bytes();
            forged[at] = if byte == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(keys.caller(&forged, born()).is_none(), "{at}: {forged}");
        }
        // The claims of one under the signature of another.
        let (_, signature) = honest.rsplit_once('.').unwrap();
        let admin = token(&keys, 8, born());
        let (claims, _) = admin.rsplit_once('.').unwrap();
        assert!(keys.caller(&format!("{claims}.{signature}"), born()).is_none());
        // Nor by the honest one's claims alone.
        let (claims, signature) = honest.rsplit_once('.').unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
        bytes[0] ^= 1;
        let forged = format!("{claims}.{}", URL_SAFE_NO_PAD.encode(bytes));
        assert!(keys.caller(&forged, born()).is_none());
        assert!(keys.caller(&honest, born()).is_some());
        assert_eq!(remembered(&keys), 1);
    }

    #[test]
    fn new_keys_remember_nothing_of_the_old() {
        let old = keys();
        let other = elsewhere();
        let token = token(&old, 7, born());
        assert!(old.caller(&token, born()).is_some());
        let new = Keys::new(&other).unwrap();
        assert_eq!(remembered(&new), 0);
        assert!(new.caller(&token, born()).is_none());
    }

    #[test]
    fn only_so_many_are_remembered() {
        let keys = keys();
        let many = u128::try_from(TOKENS_MAX).unwrap() + 2;
        let tokens: Vec<_> = (1..=many).map(|user| token(&keys, user, born())).collect();
        for token in &tokens {
            assert!(keys.caller(token, born()).is_some());
            assert!(remembered(&keys) <= TOKENS_MAX);
        }
        assert_eq!(remembered(&keys), 2);
        // The forgotten are verified again.
        assert!(keys.caller(&tokens[0], born()).is_some());
        assert_eq!(remembered(&keys), 3);
    }
}
