//! Who is calling.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    auction::{BidderTag, Hash},
    identity::Role,
};
use http::{HeaderMap, header, request::Parts};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use kernel::{AuctionId, Instant, SessionId, Span, UserId, codes};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    Config, Problem,
    verified::{Name, Verified},
};

/// How long an access token lives (`rules.md`, "Accounts").
pub const ACCESS_TOKEN_LIFE: Span = Span::minutes(15);
const AUDIENCE: &str = "jangteo";
const ACCESS: &str = "access";

/// The secrets at work: signing, sealing, verifying.
pub struct Keys {
    issuer: String,
    kid: String,
    public: String,
    signing: Ed25519KeyPair,
    verifying: DecodingKey,
    sealing: hmac::Key,
    verified: Verified<Granted>,
}

/// A configured secret is not 32 bytes of hex.
#[derive(Debug, thiserror::Error)]
#[error("{0} must be 32 bytes of hex")]
pub struct InvalidKey(&'static str);

/// An access token's claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    pub sub: UserId,
    pub sid: SessionId,
    pub roles: Vec<String>,
    pub typ: String,
    pub iss: String,
    pub aud: String,
    pub iat: i64,
    pub exp: i64,
}

/// A signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionId,
    pub roles: Vec<Role>,
}

/// What an access token of ours grants, and until when (seconds).
#[derive(Clone)]
pub(crate) struct Granted {
    caller: Caller,
    expires: i64,
}

/// The caller, when there is one.
#[derive(Clone, Debug)]
pub struct MaybeCaller(pub Option<Caller>);

/// The cookies of the browser variant.
pub struct CookieNames;
impl CookieNames {
    pub const ACCESS: &'static str = "__Host-jangteo-access";
    pub const REFRESH: &'static str = "__Secure-jangteo-refresh";
    pub const CSRF: &'static str = "__Host-jangteo-csrf";
    /// What a browser client must send with every unsafe request.
    pub const CSRF_HEADER: &'static str = "x-csrf-token";
}

impl Caller {
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

fn secret(hex_text: &str, name: &'static str) -> Result<[u8; 32], InvalidKey> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex_text, &mut bytes).map_err(|_| InvalidKey(name))?;
    Ok(bytes)
}

impl Keys {
    pub fn new(config: &Config) -> Result<Self, InvalidKey> {
        let invalid = |_| InvalidKey("SIGNING_SEED");
        let seed = secret(&config.signing_seed, "SIGNING_SEED")?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(invalid)?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key());
        let verifying =
            DecodingKey::from_ed_components(&public).map_err(|_| InvalidKey("SIGNING_SEED"))?;
        let sealing = secret(&config.sealing_secret, "SEALING_SECRET")?;
        let Hash(digest) = Hash::of(&[pair.public_key().as_ref()]);
        Ok(Self {
            issuer: config.issuer.clone(),
            kid: hex::encode(digest.get(..8).unwrap_or_default()),
            public,
            signing: pair,
            verifying,
            sealing: hmac::Key::new(hmac::HMAC_SHA256, &sealing),
            verified: Verified::default(),
        })
    }

    /// The public key as a JSON Web Key Set.
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        serde_json::json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": self.kid, "x": self.public,
        }]})
    }

    /// A compact JWS of `claims`. Ed25519 is deterministic: equal claims, equal text.
    ///
    /// Put together here: the library would derive the key pair from its seed at every signature.
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, Problem> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.kid.clone());
        let header = serde_json::to_vec(&header).map_err(Problem::internal)?;
        let claims = serde_json::to_vec(claims).map_err(Problem::internal)?;
        let base64 = &URL_SAFE_NO_PAD;
        let mut text = format!("{}.{}", base64.encode(header), base64.encode(claims));
        let signature = self.signing.sign(text.as_bytes());
        text.push('.');
        base64.encode_string(signature, &mut text);
        Ok(text)
    }

    /// The claims of a JWS of ours, whatever they claim; `None` when it is not ours.
    #[must_use]
    pub fn verify<C: DeserializeOwned>(&self, token: &str) -> Option<C> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // Times are compared with the request's own clock, not with the library's.
        rules.validate_exp = false;
        rules.required_spec_claims.clear();
        rules.validate_aud = false;
        jsonwebtoken::decode::<C>(token, &self.verifying, &rules).ok().map(|data| data.claims)
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

    /// Who a valid access token speaks for, if it is valid at `now`.
    #[must_use]
    pub fn caller(&self, token: &str, now: Instant) -> Option<Caller> {
        let name = Name::of(token);
        let known = self.verified.get(name);
        let is_new = known.is_none();
        let granted = known.or_else(|| self.granted(token))?;
        if now.seconds() >= granted.expires {
            return None;
        }
        if is_new {
            self.verified.put(name, granted.clone());
        }
        Some(granted.caller)
    }

    /// What an access token of ours grants, whatever the time.
    fn granted(&self, token: &str) -> Option<Granted> {
        let claims: Claims = self.verify(token)?;
        let ours = claims.typ == ACCESS && claims.aud == AUDIENCE && claims.iss == self.issuer;
        let roles = claims.roles.iter().filter_map(|role| Role::parse(role)).collect();
        let caller = Caller { user: claims.sub, session: claims.sid, roles };
        ours.then_some(Granted { caller, expires: claims.exp })
    }

    #[cfg(test)]
    pub(crate) fn verified(&self) -> &Verified<Granted> {
        &self.verified
    }

    /// A keyed hash of `parts` for `purpose`; different purposes never share a value.
    #[must_use]
    pub fn seal(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.sealing);
        context.update(purpose.as_bytes());
        for part in parts {
            context.update(&[0]);
            context.update(part);
        }
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }

    /// `plain` encrypted at rest for `purpose` (AES-256-GCM): what [`Keys::decrypt`] opens. A nonce
    /// must never serve twice: take it from [`crate::Entropy::nonce`].
    pub fn encrypt(
        &self,
        purpose: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LEN],
    ) -> Result<String, Problem> {
        let mut bytes = plain.to_vec();
        let key = self.cipher(purpose).map_err(Problem::internal)?;
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.as_bytes()),
            &mut bytes,
        )
        .map_err(Problem::internal)?;
        let mut text = nonce.to_vec();
        text.extend(bytes);
        Ok(URL_SAFE_NO_PAD.encode(text))
    }

    /// What was encrypted for `purpose`; `None` when it was not, or was changed since.
    #[must_use]
    pub fn decrypt(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let key = self.cipher(purpose).ok()?;
        let plain = key.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body).ok()?;
        Some(plain.to_vec())
    }

    fn cipher(&self, purpose: &str) -> Result<LessSafeKey, aws_lc_rs::error::Unspecified> {
        let key = self.seal("encrypt", &[purpose.as_bytes()]);
        UnboundKey::new(&AES_256_GCM, &key).map(LessSafeKey::new)
    }

    /// The name under which a user bids on an auction.
    #[must_use]
    pub fn bidder_tag(&self, auction: AuctionId, user: UserId) -> BidderTag {
        let sealed = self.seal("bidder-tag", &[auction.uuid().as_bytes(), user.uuid().as_bytes()]);
        let [a, b, c, d, e, f, g, h, ..] = sealed;
        BidderTag([a, b, c, d, e, f, g, h])
    }

    /// What a browser must echo in a header to prove that our page sent the request.
    #[must_use]
    pub fn csrf_token(&self, session: SessionId) -> String {
        hex::encode(self.seal("csrf", &[session.uuid().as_bytes()]))
    }

    /// Refuses an unsafe request of a browser session that does not carry its CSRF token.
    pub fn check_csrf(&self, session: SessionId, headers: &HeaderMap) -> Result<(), Problem> {
        let sent = headers.get(CookieNames::CSRF_HEADER).map_or(&[][..], |value| value.as_bytes());
        let due = self.csrf_token(session);
        aws_lc_rs::constant_time::verify_slices_are_equal(sent, due.as_bytes()).map_err(|_| {
            let detail = "With cookies, unsafe requests must carry X-CSRF-Token.";
            Problem::new(codes::CSRF_REQUIRED, detail)
        })
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys {{ kid: {} }}", self.kid)
    }
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// Who sent these headers. A bad bearer token is always an error; a stale cookie is nobody.
pub(crate) fn identify(
    keys: &Keys,
    headers: &HeaderMap,
    is_safe: bool,
    now: Instant,
) -> Result<Option<Caller>, Problem> {
    if let Some(token) = bearer(headers) {
        let caller = keys.caller(token, now);
        return caller.map(Some).ok_or_else(|| {
            Problem::new(
                codes::TOKEN_INVALID,
                "The access token is malformed, expired or not ours.",
            )
        });
    }
    let caller = cookie(headers, CookieNames::ACCESS).and_then(|token| keys.caller(token, now));
    if let (Some(caller), false) = (&caller, is_safe) {
        keys.check_csrf(caller.session, headers)?;
    }
    Ok(caller)
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Caller>().cloned()))
    }
}

pub(crate) fn unauthenticated() -> Problem {
    Problem::new(codes::UNAUTHENTICATED, "This needs an access token.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encrypted_opens_for_its_own_purpose_and_unchanged_only() {
        let keys = Keys::new(&Config::local()).unwrap();
        let sealed = keys.encrypt("account", b"110-123-456789", [7; 12]).unwrap();
        assert_eq!(keys.decrypt("account", &sealed).unwrap(), b"110-123-456789");
        assert_ne!(sealed, keys.encrypt("account", b"110-123-456789", [8; 12]).unwrap());
        assert!(!sealed.contains("110"));
        assert_eq!(keys.decrypt("card", &sealed), None);
        let mut changed = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for at in 0..changed.len() {
            changed[at] ^= 1;
            assert_eq!(keys.decrypt("account", &URL_SAFE_NO_PAD.encode(&changed)), None, "{at}");
            changed[at] ^= 1;
        }
        for bad in ["", "AAAA", "not base64!"] {
            assert_eq!(keys.decrypt("account", bad), None);
        }
        let other = Config { sealing_secret: "11".repeat(32), ..Config::local() };
        assert_eq!(Keys::new(&other).unwrap().decrypt("account", &sealed), None);
    }
}
