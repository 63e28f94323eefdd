//! Refresh tokens.
//!
//! On the wire: base64url of user id, session id, a 256-bit random secret, and a keyed MAC over the
//! three. The ids make a refresh one read and one write; the MAC tells a token that was good once
//! from an invented one, so that only a real one can end its session. Stored is the hash alone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{SessionId, UserId};
use platform::{App, Keys, Problem};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
const MAC_BYTES: usize = 16;
/// What the MAC is made for.
const STAMP: &str = "refresh-token";
/// 80 bytes in base64url.
const TEXT_CHARS: usize = 107;

/// A token that we issued, whether still good or not.
pub struct RefreshToken {
    pub user: UserId,
    pub session: SessionId,
    secret: [u8; SECRET_BYTES],
}

impl RefreshToken {
    /// A fresh one for the session.
    pub fn issue(app: &App, user: UserId, session: SessionId) -> Self {
        let mut secret = [0; SECRET_BYTES];
        let (left, right) = secret.split_at_mut(SECRET_BYTES / 2);
        left.copy_from_slice(&app.entropy.random());
        right.copy_from_slice(&app.entropy.random());
        Self { user, session, secret }
    }

    /// Reads a token of ours; anything else is `None`.
    pub fn read(keys: &Keys, text: &str) -> Option<Self> {
        if text.len() != TEXT_CHARS {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (user, rest) = bytes.split_first_chunk::<ID_BYTES>()?;
        let (session, rest) = rest.split_first_chunk::<ID_BYTES>()?;
        let (secret, mac) = rest.split_first_chunk::<SECRET_BYTES>()?;
        let token = Self {
            user: UserId::from_uuid(Uuid::from_bytes(*user)),
            session: SessionId::from_uuid(Uuid::from_bytes(*session)),
            secret: *secret,
        };
        let stamps = token.with_parts(|parts| keys.stamps(STAMP, parts)).ok()?;
        let mut due = stamps.iter().filter_map(|stamp| stamp.get(..MAC_BYTES));
        due.any(|due| bool::from(due.ct_eq(mac))).then_some(token)
    }

    /// As the client keeps it.
    pub fn text(&self, keys: &Keys) -> Result<String, Problem> {
        let mut bytes = Vec::with_capacity(2 * ID_BYTES + SECRET_BYTES + MAC_BYTES);
        bytes.extend(self.user.uuid().as_bytes());
        bytes.extend(self.session.uuid().as_bytes());
        bytes.extend(self.secret);
        let mac = self.with_parts(|parts| keys.stamp(STAMP, parts))?;
        bytes.extend(mac.into_iter().take(MAC_BYTES));
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As it is stored: hex SHA-256 of the secret.
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.secret))
    }

    fn with_parts<T>(&self, act: impl FnOnce(&[&[u8]]) -> T) -> T {
        let user = self.user.uuid();
        let session = self.session.uuid();
        act(&[user.as_bytes(), session.as_bytes(), &self.secret])
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;
    use platform::Config;

    use super::*;

    fn keys() -> Keys {
        Keys::new(&Config::local()).unwrap()
    }

    fn token() -> RefreshToken {
        let id = |number| Uuid::from_u128(number);
        RefreshToken { user: Id::from_uuid(id(1)), session: Id::from_uuid(id(2)), secret: [3; 32] }
    }

    #[test]
    fn reads_what_it_wrote() {
        let text = token().text(&keys()).unwrap();
        assert_eq!(text.len(), TEXT_CHARS);
        let read = RefreshToken::read(&keys(), &text).unwrap();
        assert_eq!(
            (read.user, read.session, read.hash()),
            (token().user, token().session, token().hash())
        );
    }

    #[test]
    fn refuses_what_it_did_not_write() {
        let text = token().text(&keys()).unwrap();
        for at in 0..text.len() {
            let mut forged = text.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert!(RefreshToken::read(&keys(), &forged).is_none(), "{at}");
        }
        for garbage in
            ["", "x", &text[1..], &format!("{text}="), &"A".repeat(107), &"가".repeat(107)]
        {
            assert!(RefreshToken::read(&keys(), garbage).is_none());
        }
    }
}
