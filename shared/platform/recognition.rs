//! Who sent a request, by its headers and the keys of the moment.

use http::{HeaderMap, header};
use kernel::{Instant, codes};

use crate::{App, Caller, CookieNames, Keys, Problem, cookie};

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// The access token that these headers carry, if they carry one.
pub(crate) fn access_token(headers: &HeaderMap) -> Option<&str> {
    bearer(headers).or_else(|| cookie(headers, CookieNames::ACCESS))
}

/// Who sent these headers, as the keys of this moment say. A key that is not here is looked for.
pub(crate) async fn recognize(
    app: &App,
    headers: &HeaderMap,
    is_safe: bool,
    now: Instant,
) -> Result<Option<Caller>, Problem> {
    app.renew(now).await;
    let caller = identify(&app.keys, headers, is_safe, now);
    if matches!(caller, Ok(Some(_))) || !app.meet_key(headers, now).await? {
        return caller;
    }
    identify(&app.keys, headers, is_safe, now)
}

/// Who sent these headers. A bad bearer token is always an error; a stale cookie is nobody.
fn identify(
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
