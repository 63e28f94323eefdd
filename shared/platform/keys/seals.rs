//! One ring's keys at work on seals: keyed hashes, and texts encrypted at rest.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Instant;

use crate::{Problem, secrets::Ring};

pub use aws_lc_rs::aead::NONCE_LEN;

const STAMP_LEN: usize = 32;

/// The keys of a ring, oldest first.
#[derive(Clone)]
pub(super) struct Seals {
    first: SealKey,
    added: Vec<SealKey>,
}

#[derive(Clone)]
pub(super) struct SealKey {
    id: u32,
    since: Instant,
    key: hmac::Key,
}

/// Why a sealed text does not open.
#[derive(Debug)]
pub(super) enum Unopened {
    /// It names a key that is not here.
    UnknownKey,
    /// It was not sealed for this purpose, or was changed since.
    Broken,
}

impl Seals {
    pub fn of(ring: &Ring) -> Self {
        let mut keys = ring.keys().map(|key| SealKey {
            id: key.id,
            since: key.since,
            key: hmac::Key::new(hmac::HMAC_SHA256, &key.bytes),
        });
        // A ring has a first key: the fallback is never made.
        let first = keys.next().unwrap_or_else(|| SealKey {
            id: 0,
            since: Instant::from_millis(0),
            key: hmac::Key::new(hmac::HMAC_SHA256, &[]),
        });
        Self { first, added: keys.collect() }
    }

    fn keys(&self) -> impl DoubleEndedIterator<Item = &SealKey> {
        std::iter::once(&self.first).chain(&self.added)
    }

    fn current(&self, at: Instant) -> &SealKey {
        self.keys().rfind(|key| key.since <= at).unwrap_or(&self.first)
    }

    /// Under the first key, which is kept for ever: what names things must not change.
    pub fn name(&self, purpose: &str, parts: &[&[u8]]) -> [u8; STAMP_LEN] {
        self.first.hash(purpose, parts)
    }

    pub fn stamp(&self, purpose: &str, parts: &[&[u8]], at: Instant) -> [u8; STAMP_LEN] {
        self.current(at).hash(purpose, parts)
    }

    /// Under the key in use, the one before, and those that are about to be used.
    pub fn stamps(&self, purpose: &str, parts: &[&[u8]], at: Instant) -> Vec<[u8; STAMP_LEN]> {
        let used = self.keys().filter(|key| key.since <= at).count();
        let fresh = self.keys().skip(used.saturating_sub(2));
        fresh.map(|key| key.hash(purpose, parts)).collect()
    }

    /// `<key id>.<base64url of nonce and body>`.
    pub fn encrypt(
        &self,
        purpose: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LEN],
        at: Instant,
    ) -> Result<String, Problem> {
        let key = self.current(at);
        let mut bytes = plain.to_vec();
        key.cipher(purpose)
            .map_err(Problem::internal)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut bytes,
            )
            .map_err(Problem::internal)?;
        let mut text = nonce.to_vec();
        text.extend(bytes);
        Ok(format!("{}.{}", key.id, URL_SAFE_NO_PAD.encode(text)))
    }

    /// Texts from before keys had ids have no dot in them: they are the first key's.
    pub fn decrypt(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, Unopened> {
        let (key, text) = match sealed.split_once('.') {
            None => (&self.first, sealed),
            Some((id, text)) => {
                let id: u32 = id.parse().map_err(|_| Unopened::Broken)?;
                let key = self.keys().find(|key| key.id == id);
                (key.ok_or(Unopened::UnknownKey)?, text)
            }
        };
        key.open(purpose, text).ok_or(Unopened::Broken)
    }
}

impl SealKey {
    fn hash(&self, purpose: &str, parts: &[&[u8]]) -> [u8; STAMP_LEN] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(purpose.as_bytes());
        for part in parts {
            context.update(&[0]);
            context.update(part);
        }
        let mut bytes = [0; STAMP_LEN];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }

    fn open(&self, purpose: &str, text: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (nonce, body) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let key = self.cipher(purpose).ok()?;
        let plain = key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).ok()?;
        Some(plain.to_vec())
    }

    fn cipher(&self, purpose: &str) -> Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
        let key = self.hash("encrypt", &[purpose.as_bytes()]);
        UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new)
    }
}
