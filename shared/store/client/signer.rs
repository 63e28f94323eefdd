//! Signs what the tables are asked, and keeps the key of the day.
//!
//! The SDK's signer derives that key anew at every call: four keyed hashes, more than the signature
//! itself takes. Here the last one is kept, which is the same as long as the day (UTC), the region,
//! the service and the credentials are. What is signed is put together here as well, for the one
//! shape that calls to the tables have; a call of any other shape is left to the SDK's signer.
//!
//! Promises: a call has the headers that the SDK's signer would give it, to the byte.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_credential_types::Credentials;
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac::{self, HMAC_SHA256},
};
use aws_runtime::{
    auth::{
        PayloadSigningOverride, SigV4OperationSigningConfig, SigV4SessionTokenNameOverride,
        SigningOptions,
        sigv4::{SCHEME_ID, SigV4Signer},
    },
    service_clock_skew::DisableClockSkewCorrection,
};
use aws_sdk_dynamodb::{
    config::{ConfigBag, RuntimeComponents},
    error::BoxError,
};
use aws_smithy_runtime_api::client::{
    auth::{AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign},
    identity::{Identity, SharedIdentityResolver},
    orchestrator::HttpRequest,
    runtime_components::GetIdentityResolver,
};
use aws_types::{SigningName, region::SigningRegion};
use http::{HeaderName, header::AUTHORIZATION};
use kernel::Instant;

static X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
static X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const LAST: &str = "aws4_request";
/// What is on its way changed by others, and signed by nobody.
const UNSIGNED: [&str; 3] = ["user-agent", "x-amzn-trace-id", "transfer-encoding"];
/// What a signature brings itself.
const OWN: [&str; 5] =
    ["authorization", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];
/// What an endpoint's rules may say of a signature: [`super::OneEndpoint`] says nothing.
const RULES: [&str; 4] =
    ["signingName", "signingRegion", "disableDoubleEncoding", "disableNormalizePath"];

/// The signer of a client. Has one key at a time: a function's credentials are for its life.
#[derive(Debug, Default)]
pub(super) struct Signer {
    kept: Mutex<Option<Arc<DayKey>>>,
    sdk: SigV4Signer,
}

/// Who asks, and where.
#[derive(Clone, Copy, Debug)]
struct Scope<'a> {
    credentials: &'a Credentials,
    region: &'a str,
    service: &'a str,
}

/// An instant as signatures write it: `20261130T200114Z`.
#[derive(Clone, Debug)]
struct Stamp(String);

/// What signs for one scope on one day.
struct DayKey {
    credentials: Credentials,
    region: String,
    service: String,
    day: String,
    key: hmac::Key,
}

/// A call of the one shape: `POST /` without a query, with its body in memory, and headers that
/// are signed as they are.
struct Call<'a> {
    host: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a [u8],
}

impl AuthScheme for Signer {
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
        self
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
        let scope = Scope::of(identity, &endpoint, config);
        let stamp = Stamp::of(components.time_source().unwrap_or_default().now());
        let signed =
            scope.and_then(|scope| Some((scope, self.authorization(request, scope, &stamp)?)));
        let Some((scope, authorization)) = signed else {
            return self.sdk.sign_http_request(request, identity, endpoint, components, config);
        };
        let headers = request.headers_mut();
        headers.try_insert(X_AMZ_DATE.clone(), stamp.0)?;
        headers.try_insert(AUTHORIZATION, authorization)?;
        if let Some(token) = scope.credentials.session_token() {
            headers.try_insert(X_AMZ_SECURITY_TOKEN.clone(), token.to_owned())?;
        }
        Ok(())
    }
}

impl Signer {
    /// The header of that name; `None`: the call has another shape.
    fn authorization(
        &self,
        request: &HttpRequest,
        scope: Scope<'_>,
        stamp: &Stamp,
    ) -> Option<String> {
        let Call { host, mut headers, body } = Call::of(request)?;
        headers.extend([("host", host), ("x-amz-date", &*stamp.0)]);
        if let Some(token) = scope.credentials.session_token() {
            is_plain(token).then(|| headers.push(("x-amz-security-token", token)))?;
        }
        headers.sort_unstable();
        // Several lines of one name are signed as one.
        if !headers.is_sorted_by(|(left, _), (right, _)| left < right) {
            return None;
        }
        let mut names = String::with_capacity(128);
        let mut canonical = String::with_capacity(1_024);
        canonical.push_str("POST\n/\n\n");
        for (name, value) in &headers {
            names.push_str(if names.is_empty() { "" } else { ";" });
            names.push_str(name);
            canonical.extend([name, ":", value, "\n"]);
        }
        canonical.extend(["\n", &names, "\n", &hash_of(body)]);
        let Scope { credentials, region, service } = scope;
        let place = [stamp.day(), "/", region, "/", service, "/", LAST].concat();
        let told = [ALGORITHM, "\n", &stamp.0, "\n", &place, "\n", &hash_of(canonical.as_bytes())];
        let signature = hmac::sign(&self.key(scope, stamp).key, told.concat().as_bytes());
        let signature = hex_text(signature.as_ref());
        let who = credentials.access_key_id();
        Some(format!(
            "{ALGORITHM} Credential={who}/{place}, SignedHeaders={names}, Signature={signature}"
        ))
    }

    /// The key that was kept, if it is of this scope and day; or a new one, which is kept.
    fn key(&self, scope: Scope<'_>, stamp: &Stamp) -> Arc<DayKey> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = kept.as_ref().filter(|key| key.is_of(scope, stamp)) {
            return Arc::clone(key);
        }
        let fresh = Arc::new(DayKey::of(scope, stamp));
        *kept = Some(Arc::clone(&fresh));
        fresh
    }
}

impl<'a> Scope<'a> {
    /// `None`: something asks for a signature of another kind.
    fn of(
        identity: &'a Identity,
        endpoint: &AuthSchemeEndpointConfig<'_>,
        config: &'a ConfigBag,
    ) -> Option<Self> {
        let operation = config.load::<SigV4OperationSigningConfig>()?;
        let is_usual = operation.signing_options == SigningOptions::default()
            && config.load::<PayloadSigningOverride>().is_none()
            && config.load::<SigV4SessionTokenNameOverride>().is_none()
            && RULES.iter().all(|rule| endpoint.get(rule).is_none());
        // Otherwise the SDK signs by what it guesses of the service's clock.
        let skew = config.load::<DisableClockSkewCorrection>();
        let is_now = skew.is_some_and(DisableClockSkewCorrection::is_disabled);
        let region = config.load::<SigningRegion>().or(operation.region.as_ref())?;
        let service = config.load::<SigningName>().or(operation.name.as_ref())?;
        let credentials = identity.data()?;
        let scope = Self { credentials, region: region.as_ref(), service: service.as_ref() };
        (is_usual && is_now).then_some(scope)
    }
}

impl Stamp {
    fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let text = Instant::from_millis(i64::try_from(since).unwrap_or(i64::MAX)).to_string();
        let kept = text.chars().filter(|letter| letter.is_ascii_digit() || *letter == 'T');
        // To the second.
        Self(kept.take(15).chain(['Z']).collect())
    }

    fn day(&self) -> &str {
        self.0.get(..8).unwrap_or_default()
    }
}

impl DayKey {
    fn of(scope: Scope<'_>, stamp: &Stamp) -> Self {
        let Scope { credentials, region, service } = scope;
        let day = stamp.day();
        let secret = ["AWS4", credentials.secret_access_key()].concat();
        let mut key = hmac::Key::new(HMAC_SHA256, secret.as_bytes());
        for part in [day, region, service, LAST] {
            key = hmac::Key::new(HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
        }
        Self {
            credentials: credentials.clone(),
            region: region.to_owned(),
            service: service.to_owned(),
            day: day.to_owned(),
            key,
        }
    }

    fn is_of(&self, scope: Scope<'_>, stamp: &Stamp) -> bool {
        let Scope { credentials, region, service } = scope;
        (&*self.day, &*self.region, &*self.service) == (stamp.day(), region, service)
            && self.credentials == *credentials
    }
}

impl fmt::Debug for DayKey {
    /// Nothing that signs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the key of {} {} {}", self.day, self.region, self.service)
    }
}

impl<'a> Call<'a> {
    fn of(request: &'a HttpRequest) -> Option<Self> {
        let host = host_of(request.uri()).filter(|_| request.method() == "POST")?;
        // Room for what a signature adds.
        let mut headers = Vec::with_capacity(request.headers().len() + 3);
        for (name, value) in request.headers() {
            if UNSIGNED.contains(&name) {
                continue;
            }
            if OWN.contains(&name) || !is_plain(value) {
                return None;
            }
            headers.push((name, value));
        }
        Some(Self { host, headers, body: request.body().bytes()? })
    }
}

/// The host as the connection will name it, of an address without a path.
fn host_of(uri: &str) -> Option<&str> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    let is_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-:".contains(&byte);
    // A port that goes without saying is not said.
    let has_default_port = host.ends_with(":443") || host.ends_with(":80");
    (!host.is_empty() && host.bytes().all(is_name) && !has_default_port).then_some(host)
}

/// Whether a header's value is signed as it is: spaces are trimmed and folded.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_graphic())
}

fn hash_of(bytes: &[u8]) -> String {
    hex_text(digest(&SHA256, bytes).as_ref())
}

/// Three times a call: letter by letter through an iterator it would cost as much as a hash.
fn hex_text(bytes: &[u8]) -> String {
    let letter = |half: u8| char::from(if half < 10 { b'0' + half } else { b'a' + half - 10 });
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(letter(byte >> 4));
        text.push(letter(byte & 15));
    }
    text
}

#[cfg(test)]
mod tests;
