//! The keys at work: signing, sealing, verifying. Which of a ring's keys counts follows from the
//! clock: the newest that is in use already. A function that has not declared a secret finds none.

mod seals;
mod signatures;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::{
    auction::{BidderTag, KeyHash},
    identity::Role,
};
use http::HeaderMap;
use kernel::{AuctionId, Instant, SessionId, UserId, codes};
use serde::{Serialize, de::DeserializeOwned};
use store::public_keys::PublicKey;

use seals::Seals;
use signatures::{Publics, Signers};

pub use seals::NONCE_LEN;
pub use signatures::InvalidKey;
pub(crate) use signatures::{kept, union};

use crate::{
    Caller, Claims, Config, CookieNames, Problem, Secret, Secrets,
    auth::{ACCESS, ACCESS_TOKEN_LIFE, AUDIENCE, Granted},
    declared::{Declared, declared},
    verified::{Name, Verified},
};

/// One container's keys.
pub struct Keys {
    issuer: String,
    /// The time that decides which keys count: the last invocation's.
    at: AtomicI64,
    held: RwLock<Arc<Held>>,
    verified: Verified<Granted>,
    /// Something was sealed with a key that is not here: whoever made it knows a newer secret.
    missed: AtomicBool,
    uses: Mutex<BTreeSet<Use>>,
}

/// A function (context, name) that worked with a secret.
type Use = (&'static str, &'static str, Secret);

/// What the secrets and the row of public keys come to.
#[derive(Clone, Default)]
struct Held {
    signers: Option<Signers>,
    publics: Publics,
    sealing: Option<Seals>,
    cards: Option<Seals>,
    accounts: Option<Seals>,
    callbacks: Option<Seals>,
}

impl Keys {
    pub fn new(config: &Config) -> Result<Self, InvalidKey> {
        let keys = Self {
            issuer: config.issuer.clone(),
            at: AtomicI64::new(0),
            held: RwLock::default(),
            verified: Verified::default(),
            missed: AtomicBool::new(false),
            uses: Mutex::default(),
        };
        keys.replace(&config.secrets)?;
        Ok(keys)
    }

    /// The secrets were read (again). Public keys that are known stay known.
    pub(crate) fn replace(&self, secrets: &Secrets) -> Result<(), InvalidKey> {
        let seals = |secret| secrets.ring(secret).map(Seals::of);
        let signers = secrets.signing.as_ref().map(Signers::of).transpose()?;
        let mut held = Held {
            publics: self.held().publics.clone(),
            signers,
            sealing: seals(Secret::Sealing),
            cards: seals(Secret::Payment),
            accounts: seals(Secret::Wallet),
            callbacks: seals(Secret::Carrier),
        };
        if let Some(signers) = &held.signers {
            held.publics = held.publics.with(&signers.public())?;
        }
        self.hold(held);
        self.missed.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// The row of public keys was read.
    pub(crate) fn learn(&self, keys: &[PublicKey]) -> Result<(), InvalidKey> {
        let held = self.held();
        let publics = held.publics.with(keys)?;
        self.hold(Held { publics, ..Held::clone(&held) });
        Ok(())
    }

    fn hold(&self, held: Held) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(held);
    }

    fn held(&self) -> Arc<Held> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The clock says `now`: from here on the keys count that are in use then.
    pub(crate) fn tick(&self, now: Instant) {
        self.at.store(now.millis(), Ordering::Relaxed);
    }

    fn at(&self) -> Instant {
        Instant::from_millis(self.at.load(Ordering::Relaxed))
    }

    /// Whether something was sealed with a key that is not here.
    pub(crate) fn has_missed(&self) -> bool {
        self.missed.load(Ordering::Relaxed)
    }

    /// The function at work may use `secret` if it has declared it.
    pub(crate) fn admit(&self, secret: Secret) -> Result<(), Problem> {
        let Some(Declared { context, name, secrets }) = declared() else { return Ok(()) };
        if !secrets.contains(&secret) {
            let text = format!("{context} {name} has not declared the secret {}", secret.name());
            return Err(Problem::internal(text));
        }
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.insert((context, name, secret));
        Ok(())
    }

    /// Which functions (context, name) have worked with which secrets so far.
    #[must_use]
    pub fn uses(&self) -> Vec<(&'static str, &'static str, Secret)> {
        let uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.iter().copied().collect()
    }
}

/// Signatures.
impl Keys {
    /// The public keys that this container knows, oldest first.
    #[must_use]
    pub fn public(&self) -> Vec<PublicKey> {
        self.held().publics.keys()
    }

    /// A compact JWS of `claims`. Ed25519 is deterministic: equal claims, equal text.
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Problem> {
        self.admit(Secret::Signing)?;
        let held = self.held();
        let signers = held.signers.as_ref().ok_or_else(|| unread(Secret::Signing))?;
        signers.sign(claims, self.at())
    }

    /// The claims of a JWS of ours, under any key that was ever ours and whatever they claim;
    /// `None` when it is not ours.
    #[must_use]
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Option<C> {
        let held = self.held();
        let key = held.publics.named(&signatures::kid_of(token)?)?;
        signatures::claims(token, key)
    }

    pub fn access_token(
        &self,
        user: UserId,
        session: SessionId,
        roles: &[Role],
        now: Instant,
    ) -> Result<String, Problem> {
        self.sign(&Claims {
            sub: user,
            sid: session,
            roles: roles.iter().map(|role| role.as_str().to_owned()).collect(),
            typ: ACCESS.to_owned(),
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            iat: now.seconds(),
            exp: (now + ACCESS_TOKEN_LIFE).seconds(),
        })
    }

    /// Who a valid access token speaks for, if it is valid at `now`. Its key must be the one in
    /// use, the one before, or one that is about to be used.
    #[must_use]
    pub fn caller(&self, token: &str, now: Instant) -> Option<Caller> {
        let held = self.held();
        let name = Name::of(token);
        let known = self.verified.get(name);
        let is_new = known.is_none();
        let granted = known.or_else(|| self.granted(&held, token))?;
        if now.seconds() >= granted.expires || !held.publics.is_fresh(&granted.kid, self.at()) {
            return None;
        }
        if is_new {
            self.verified.put(name, granted.clone());
        }
        Some(granted.caller)
    }

    /// Whether `token` names a key that this container does not know.
    pub(crate) fn is_foreign(&self, token: &str) -> bool {
        signatures::kid_of(token).is_some_and(|kid| self.held().publics.named(&kid).is_none())
    }

    /// What an access token of ours grants, whatever the time.
    fn granted(&self, held: &Held, token: &str) -> Option<Granted> {
        let kid = signatures::kid_of(token)?;
        let claims: Claims = signatures::claims(token, held.publics.named(&kid)?)?;
        let ours = claims.typ == ACCESS && claims.aud == AUDIENCE && claims.iss == self.issuer;
        let roles = claims.roles.iter().filter_map(|role| Role::parse(role)).collect();
        let caller = Caller { user: claims.sub, session: claims.sid, roles };
        ours.then_some(Granted { caller, expires: claims.exp, kid })
    }

    #[cfg(test)]
    pub(crate) fn verified(&self) -> &Verified<Granted> {
        &self.verified
    }
}

/// Seals.
impl Keys {
    fn seals<T>(&self, secret: Secret, act: impl FnOnce(&Seals) -> T) -> Result<T, Problem> {
        self.admit(secret)?;
        let held = self.held();
        let seals = match secret {
            Secret::Sealing => held.sealing.as_ref(),
            Secret::Payment => held.cards.as_ref(),
            Secret::Wallet => held.accounts.as_ref(),
            Secret::Carrier => held.callbacks.as_ref(),
            Secret::Signing => None,
        };
        seals.map(act).ok_or_else(|| unread(secret))
    }

    /// A keyed hash of `parts` for `purpose`; different purposes never share a value. It names
    /// things: it stays the same whatever is rotated.
    pub fn seal(&self, purpose: &str, parts: &[&[u8]]) -> Result<[u8; 32], Problem> {
        self.seal_with(Secret::Sealing, purpose, parts)
    }

    /// The same with the keys of another secret.
    pub fn seal_with(
        &self,
        secret: Secret,
        purpose: &str,
        parts: &[&[u8]],
    ) -> Result<[u8; 32], Problem> {
        self.seals(secret, |seals| seals.name(purpose, parts))
    }

    /// A keyed hash that proves for a while that we made it: one of [`Keys::stamps`].
    pub fn stamp(&self, purpose: &str, parts: &[&[u8]]) -> Result<[u8; 32], Problem> {
        self.seals(Secret::Sealing, |seals| seals.stamp(purpose, parts, self.at()))
    }

    /// What the keys make of the same that may have made a stamp: the one in use, the one before,
    /// and those that are about to be used.
    pub fn stamps(&self, purpose: &str, parts: &[&[u8]]) -> Result<Vec<[u8; 32]>, Problem> {
        self.seals(Secret::Sealing, |seals| seals.stamps(purpose, parts, self.at()))
    }

    /// `plain` encrypted at rest for `purpose` (AES-256-GCM) with the key in use of `secret`: what
    /// [`Keys::decrypt`] opens. A nonce must never serve twice: take it from
    /// [`crate::Entropy::nonce`].
    pub fn encrypt(
        &self,
        secret: Secret,
        purpose: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Result<String, Problem> {
        self.seals(secret, |seals| seals.encrypt(purpose, plain, nonce, self.at()))?
    }

    /// What was encrypted for `purpose`, under any key that was ever in use; `None` when it was
    /// not, or was changed since.
    #[must_use]
    pub fn decrypt(&self, secret: Secret, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let opened = self.seals(secret, |seals| seals.decrypt(purpose, sealed)).ok()?;
        if let Err(seals::Unopened::UnknownKey) = &opened {
            self.missed.store(true, Ordering::Relaxed);
        }
        opened.ok()
    }

    /// The name under which a user bids on an auction.
    pub fn bidder_tag(&self, auction: AuctionId, user: UserId) -> Result<BidderTag, Problem> {
        let sealed =
            self.seal("bidder-tag", &[auction.uuid().as_bytes(), user.uuid().as_bytes()])?;
        let [a, b, c, d, e, f, g, h, ..] = sealed;
        Ok(BidderTag([a, b, c, d, e, f, g, h]))
    }

    /// The name of the request that this user sends under this idempotency key; nobody who knows
    /// the key can tell it.
    pub fn key_hash(&self, user: UserId, key: &str) -> Result<KeyHash, Problem> {
        let sealed = self.seal("bid-key", &[user.uuid().as_bytes(), key.as_bytes()])?;
        let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = sealed;
        Ok(KeyHash(first))
    }

    /// What a browser must echo in a header to prove that our page sent the request.
    pub fn csrf_token(&self, session: SessionId) -> Result<String, Problem> {
        Ok(hex::encode(self.stamp("csrf", &[session.uuid().as_bytes()])?))
    }

    /// Refuses an unsafe request of a browser session that does not carry its CSRF token.
    pub fn check_csrf(&self, session: SessionId, headers: &HeaderMap) -> Result<(), Problem> {
        let sent = headers.get(CookieNames::CSRF_HEADER).map_or(&[][..], |value| value.as_bytes());
        let is_due =
            |due: &[u8; 32]| verify_slices_are_equal(sent, hex::encode(due).as_bytes()).is_ok();
        if self.stamps("csrf", &[session.uuid().as_bytes()])?.iter().any(is_due) {
            return Ok(());
        }
        let detail = "With cookies, unsafe requests must carry X-CSRF-Token.";
        Err(Problem::new(codes::CSRF_REQUIRED, detail))
    }
}

fn unread(secret: Secret) -> Problem {
    Problem::internal(format!("the secret {} was not read", secret.name()))
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

#[cfg(test)]
mod tests;
