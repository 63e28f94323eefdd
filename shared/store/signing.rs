//! Signatures of the calls to the tables (AWS Signature Version 4).
//!
//! The SDK's own signer derives the day's key from the secret at every call and hashes without the
//! processor's help where that is not asked for by name. This one keeps the key for the day, and
//! signs the headers that must be signed: host, content type and AWS's own. Whatever is not the
//! plain `POST /` of a DynamoDB call goes to the SDK's signer.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_credential_types::Credentials;
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac::{self, HMAC_SHA256},
};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4Signer};
use aws_sdk_dynamodb::{
    config::{ConfigBag, Region, RuntimeComponents, http::HttpRequest},
    error::BoxError,
    primitives::{DateTime, DateTimeFormat},
};
use aws_smithy_runtime_api::client::{
    auth::{AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign},
    identity::{Identity, SharedIdentityResolver},
    runtime_components::GetIdentityResolver,
};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "dynamodb";
const DATE: &str = "x-amz-date";
const TOKEN: &str = "x-amz-security-token";
/// How many digits of `20301231T235959Z` are its day.
const DAY_DIGITS: usize = 8;
/// Room for the canonical request with a security token in it.
const CANONICAL_BYTES_USUAL: usize = 2_048;

/// SigV4, as the client of the tables has it.
#[derive(Debug)]
pub struct SigningScheme(Signer);

impl SigningScheme {
    pub fn new(region: &Region) -> Self {
        let region = region.as_ref().to_owned();
        Self(Signer { region, day: Mutex::default(), other: SigV4Signer::new() })
    }
}

impl AuthScheme for SigningScheme {
    fn scheme_id(&self) -> AuthSchemeId {
        SCHEME_ID
    }

    fn identity_resolver(
        &self,
        resolvers: &dyn GetIdentityResolver,
    ) -> Option<SharedIdentityResolver> {
        resolvers.identity_resolver(SCHEME_ID)
    }

    fn signer(&self) -> &dyn Sign {
        &self.0
    }
}

struct Signer {
    region: String,
    day: Mutex<Option<DayKey>>,
    /// For requests of any other kind.
    other: SigV4Signer,
}

/// The key that signs a day's calls, and what it was made of.
struct DayKey {
    day: String,
    secret: String,
    key: hmac::Key,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer {{ region: {} }}", self.region)
    }
}

impl Sign for Signer {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        endpoint: AuthSchemeEndpointConfig<'_>,
        components: &RuntimeComponents,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        let time = components.time_source().unwrap_or_default().now();
        let credentials = identity.data::<Credentials>();
        let signed = credentials.and_then(|credentials| self.sign(request, credentials, time));
        let Some(signed) = signed else {
            return self.other.sign_http_request(request, identity, endpoint, components, config);
        };
        let headers = request.headers_mut();
        if let Some(token) = credentials.and_then(Credentials::session_token) {
            headers.try_insert(TOKEN, token.to_owned())?;
        }
        headers.try_insert(DATE, signed.date)?;
        headers.try_insert("authorization", signed.authorization)?;
        Ok(())
    }
}

/// What a signature adds to a request.
struct Signed {
    date: String,
    authorization: String,
}

impl Signer {
    /// `None` when the request is not of the kind that is signed here.
    fn sign(
        &self,
        request: &HttpRequest,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Option<Signed> {
        let body = request.body().bytes().filter(|_| request.method() == "POST")?;
        let date = compact(time)?;
        let day = date.get(..DAY_DIGITS)?;
        let mut headers = vec![("host", host(request.uri())?), (DATE, date.as_str())];
        headers.extend(credentials.session_token().map(|token| (TOKEN, token)));
        let own = |name: &str| name == "content-type" || name.starts_with("x-amz-");
        let replaced = |name: &str| name == DATE || name == TOKEN;
        let theirs = request.headers().iter();
        headers.extend(theirs.filter(|(name, _)| own(name) && !replaced(name)));
        headers.sort_unstable();
        let names = canonical_names(&headers)?;
        let request = hash(canonical(&headers, &names, body).as_bytes());
        let scope = [day, "/", &self.region, "/", SERVICE, "/aws4_request"].concat();
        let text = [ALGORITHM, "\n", &date, "\n", &scope, "\n", &request].concat();
        let signature = hmac::sign(&self.day_key(day, credentials), text.as_bytes());
        let credential = [credentials.access_key_id(), "/", &scope].concat();
        let authorization = [
            ALGORITHM,
            " Credential=",
            &credential,
            ", SignedHeaders=",
            &names,
            ", Signature=",
            &hex_text(signature.as_ref()),
        ];
        Some(Signed { authorization: authorization.concat(), date })
    }

    fn day_key(&self, day: &str, credentials: &Credentials) -> hmac::Key {
        let secret = credentials.secret_access_key();
        let mut kept = self.day.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_ref() {
            Some(kept) if kept.day == day && kept.secret == secret => kept.key.clone(),
            _ => {
                let key = derive(secret, &[day, &self.region, SERVICE, "aws4_request"]);
                let made = DayKey { day: day.to_owned(), secret: secret.to_owned(), key };
                kept.insert(made).key.clone()
            }
        }
    }
}

fn derive(secret: &str, steps: &[&str]) -> hmac::Key {
    let first = hmac::Key::new(HMAC_SHA256, ["AWS4", secret].concat().as_bytes());
    steps.iter().fold(first, |key, step| {
        hmac::Key::new(HMAC_SHA256, hmac::sign(&key, step.as_bytes()).as_ref())
    })
}

/// `20301231T235959Z`.
fn compact(time: SystemTime) -> Option<String> {
    let seconds = time.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let date = DateTime::from_secs(i64::try_from(seconds).ok()?);
    let mut text = date.fmt(DateTimeFormat::DateTime).ok()?;
    text.retain(|c| !matches!(c, '-' | ':'));
    Some(text)
}

/// The host as the connection will name it, of an address without path or query.
fn host(uri: &str) -> Option<&str> {
    let (rest, default_port) = match uri.split_once("://")? {
        ("https", rest) => (rest, ":443"),
        ("http", rest) => (rest, ":80"),
        _ => return None,
    };
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let odd = host.is_empty() || host.contains(['/', '?', '#', '@']);
    (!odd && !host.ends_with(default_port)).then_some(host)
}

/// The names of the signed headers, which are in order. `None` when one stands there twice or a
/// value would have to be rewritten.
fn canonical_names(headers: &[(&str, &str)]) -> Option<String> {
    let mut names = String::new();
    let mut last = "";
    for (name, value) in headers {
        if *name == last || value.trim() != *value || value.contains("  ") {
            return None;
        }
        if !last.is_empty() {
            names.push(';');
        }
        names.push_str(name);
        last = name;
    }
    Some(names)
}

fn hash(bytes: &[u8]) -> String {
    hex_text(digest(&SHA256, bytes).as_ref())
}

/// Small letters, as signatures are written.
fn hex_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for half in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
    }
    text
}

fn canonical(headers: &[(&str, &str)], names: &str, body: &[u8]) -> String {
    let mut text = String::with_capacity(CANONICAL_BYTES_USUAL);
    text.push_str("POST\n/\n\n");
    for (name, value) in headers {
        for part in [*name, ":", *value, "\n"] {
            text.push_str(part);
        }
    }
    for part in ["\n", names, "\n", &hash(body)] {
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests;
