//! The signing keys at work, and the public ones.

use std::sync::Arc;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::auction::Hash;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use kernel::{Instant, Span};
use serde::{Serialize, de::DeserializeOwned};
use store::public_keys::PublicKey;

use crate::{Problem, Secret, secrets::Ring};

/// How long receipts verify after their key's last use: as long as trade records are kept.
const PUBLIC_KEPT: Span = Span::days(5 * 366);

/// A secret holds what cannot be a key.
#[derive(Debug, thiserror::Error)]
#[error("the secret {0} holds what is no key")]
pub struct InvalidKey(pub(crate) &'static str);

/// The keys that sign, oldest first; never none.
#[derive(Clone)]
pub(super) struct Signers(Arc<[Signer]>);

struct Signer {
    public: PublicKey,
    pair: Ed25519KeyPair,
    /// The first part of every JWS of this key.
    header: String,
}

/// The public keys, oldest first.
#[derive(Clone, Default)]
pub(super) struct Publics(Arc<[Verifier]>);

#[derive(Clone)]
pub(super) struct Verifier {
    public: PublicKey,
    key: DecodingKey,
}

impl Signers {
    pub fn of(ring: &Ring) -> Result<Self, InvalidKey> {
        let invalid = || InvalidKey(Secret::Signing.name());
        let signers = ring.keys().map(|key| {
            let pair = Ed25519KeyPair::from_seed_unchecked(&key.bytes).map_err(|_| invalid())?;
            let Hash(digest) = Hash::of(&[pair.public_key().as_ref()]);
            let public = PublicKey {
                kid: hex::encode(digest.get(..8).unwrap_or_default()),
                x: URL_SAFE_NO_PAD.encode(pair.public_key()),
                since: key.since,
            };
            let mut header = Header::new(Algorithm::EdDSA);
            header.kid = Some(public.kid.clone());
            let header = serde_json::to_vec(&header).map_err(|_| invalid())?;
            let header = URL_SAFE_NO_PAD.encode(header);
            Ok(Signer { public, pair, header })
        });
        signers.collect::<Result<_, _>>().map(Self)
    }

    pub fn public(&self) -> Vec<PublicKey> {
        self.0.iter().map(|signer| signer.public.clone()).collect()
    }

    /// Put together here: the library would derive the key pair from its seed at every signature.
    pub fn sign<C: Serialize>(&self, claims: &C, at: Instant) -> Result<String, Problem> {
        let in_use = self.0.iter().rfind(|signer| signer.public.since <= at);
        let signer = in_use.or(self.0.first());
        let signer = signer.ok_or_else(|| Problem::internal("no key to sign with"))?;
        let claims = serde_json::to_vec(claims).map_err(Problem::internal)?;
        // With room for the claims and the signature, each a third longer than its bytes.
        let mut text = String::with_capacity(signer.header.len() + claims.len() * 4 / 3 + 100);
        text.push_str(&signer.header);
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut text);
        let signature = signer.pair.sign(text.as_bytes());
        text.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut text);
        Ok(text)
    }
}

impl Publics {
    /// These and `keys`.
    pub fn with(&self, keys: &[PublicKey]) -> Result<Self, InvalidKey> {
        let invalid = |_| InvalidKey(Secret::Signing.name());
        let verifiers = union(self.keys(), keys).into_iter().map(|public| {
            let key = DecodingKey::from_ed_components(&public.x).map_err(invalid)?;
            Ok(Verifier { public, key })
        });
        verifiers.collect::<Result<_, _>>().map(Self)
    }

    pub fn keys(&self) -> Vec<PublicKey> {
        self.0.iter().map(|verifier| verifier.public.clone()).collect()
    }

    pub fn named(&self, kid: &str) -> Option<&Verifier> {
        self.0.iter().find(|verifier| verifier.public.kid == kid)
    }

    /// Whether the key is in use, was the one before, or is about to be used.
    pub fn is_fresh(&self, kid: &str, at: Instant) -> bool {
        let used = self.0.iter().filter(|verifier| verifier.public.since <= at).count();
        self.0.iter().skip(used.saturating_sub(2)).any(|verifier| verifier.public.kid == kid)
    }
}

/// Both lists as one, oldest first. A key whose time was brought forward has the earlier one.
pub(crate) fn union(mut known: Vec<PublicKey>, more: &[PublicKey]) -> Vec<PublicKey> {
    for key in more {
        match known.iter_mut().find(|known| known.kid == key.kid) {
            Some(known) => known.since = known.since.min(key.since),
            None => known.push(key.clone()),
        }
    }
    known.sort_by_key(|key| key.since);
    known
}

/// What is left of `keys` at `now`: without those that went out of use too long ago.
pub(crate) fn kept(keys: Vec<PublicKey>, now: Instant) -> Vec<PublicKey> {
    let long_ago = now - PUBLIC_KEPT;
    let outlived = keys.iter().skip(1).filter(|successor| successor.since <= long_ago).count();
    keys.into_iter().skip(outlived).collect()
}

/// The key that a JWS says it is signed with.
pub(super) fn kid_of(token: &str) -> Option<String> {
    jsonwebtoken::decode_header(token).ok()?.kid
}

/// The claims of a JWS that this key has signed.
pub(super) fn claims<C: DeserializeOwned>(token: &str, verifier: &Verifier) -> Option<C> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    // Times are compared with the request's own clock, not with the library's.
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    rules.validate_aud = false;
    jsonwebtoken::decode::<C>(token, &verifier.key, &rules).ok().map(|data| data.claims)
}
