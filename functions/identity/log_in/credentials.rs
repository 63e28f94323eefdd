//! Who somebody says they are: a JSON body, or a Basic header.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::identity::{Claim, Email, Phone};
use http::{HeaderValue, header};
use platform::{App, Json, Keys, Problem, parse};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problems;

/// An e-mail or a phone number, and the password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogInRequest {
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "minji@example.com")]
    email: Option<Email>,
    /// Instead of `email`.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "010-1234-5678")]
    phone: Option<Phone>,
    #[schema(example = "correct1horse")]
    password: String,
}

pub struct Credentials {
    pub name: Claim,
    pub password: String,
}

impl Credentials {
    /// What stands for a name without an account where attempts are counted: rows must not hold
    /// e-mails and phone numbers of strangers.
    pub fn pseudonym(&self, keys: &Keys) -> Result<String, Problem> {
        let name = self.name.canonical();
        Ok(hex::encode(keys.seal("login-name", &[name.as_bytes()])?))
    }
}

impl FromRequest<App> for Credentials {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if let Some(value) = request.headers().get(header::AUTHORIZATION) {
            let basic = basic(value).ok_or_else(problems::wrong_credentials)?;
            let body = Bytes::from_request(request, app).await.map_err(Problem::try_again)?;
            if !body.is_empty() {
                let detail = "Send credentials in the header or in the body, not in both.";
                return Err(Problem::field("", "invalid", detail));
            }
            return Ok(basic);
        }
        let Json(LogInRequest { email, phone, password }) =
            Json::<LogInRequest>::from_request(request, app).await?;
        let name = match (email, phone) {
            (Some(email), None) => Claim::Email(email),
            (None, Some(phone)) => Claim::Phone(phone),
            (None, None) | (Some(_), Some(_)) => {
                let detail = "Give either an e-mail or a phone number.";
                return Err(Problem::field("/email", "required", detail));
            }
        };
        Ok(Self { name, password })
    }
}

/// `Basic base64(name:password)` with exactly one colon.
fn basic(value: &HeaderValue) -> Option<Credentials> {
    let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    let name = Claim::login(name).ok()?;
    (!password.contains(':')).then(|| Credentials { name, password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String)> {
        let value = HeaderValue::from_str(text).unwrap();
        basic(&value).map(|found| (found.name.canonical(), found.password))
    }

    #[test]
    fn reads_basic_credentials() {
        let of = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let found = |name: &str| Some((name.to_owned(), "pass1234".to_owned()));
        assert_eq!(read(&of("A@b.com:pass1234")), found("a@b.com"));
        assert_eq!(read(&of("010-1234-5678:pass1234")), found("01012345678"));
        assert_eq!(read(&of("a@b.com:pass1234").replace("Basic", "bAsIc")), found("a@b.com"));
        for bad in ["", "a@b.com", "a@b.com:pass:1234", "minji:pass1234", ":", ":pass1234"] {
            assert_eq!(read(&of(bad)), None, "{bad}");
        }
        let good = STANDARD.encode("a@b.com:pass1234");
        for bad in [
            "Basic",
            "Basic ",
            "Basic !!!",
            "Basic YQ",
            &format!("Digest {good}"),
            &good,
            "Basic  YQ==",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read(&format!("Basic {}", STANDARD.encode(b"a@b.com:\xff\xfe"))), None);
    }
}
