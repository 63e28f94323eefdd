//! Secrets Manager, as far as the product needs it: one value read, one value put.

use aws_types::SdkConfig;
use http::Method;
use kernel::Instant;
use serde_json::{Value, json};
use store::signed::{Answer, Call, CallError, Service, Signed};

use super::{Malformed, Secret, Secrets};
use crate::config::{ConfigError, variable};

/// A secret could not be read, or put.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("Secrets Manager refuses {operation} of {name}: {said}")]
    Refused { operation: &'static str, name: String, said: String },
    #[error("Secrets Manager answers {operation} of {name} with no text")]
    NoText { operation: &'static str, name: String },
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// The service.
#[derive(Clone)]
pub struct SecretsManager(Signed);

impl SecretsManager {
    #[must_use]
    pub fn new(sdk: &SdkConfig) -> Self {
        Self(Signed::new(sdk, Service::SecretsManager))
    }

    /// The current value of the secret with this name.
    pub async fn value(&self, name: &str, now: Instant) -> Result<String, SecretError> {
        let operation = "GetSecretValue";
        let answer = self.call(operation, name, &json!({ "SecretId": name }), now).await?;
        let answer: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let text = answer.get("SecretString").and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| SecretError::NoText { operation, name: name.to_owned() })
    }

    /// Makes `value` the current one; the one before stays as `AWSPREVIOUS`. The same `token` puts
    /// the same value once.
    pub async fn put_value(
        &self,
        name: &str,
        value: &str,
        token: &str,
        now: Instant,
    ) -> Result<(), SecretError> {
        let body = json!({ "SecretId": name, "SecretString": value, "ClientRequestToken": token });
        self.call("PutSecretValue", name, &body, now).await.map(|_| ())
    }

    async fn call(
        &self,
        operation: &'static str,
        name: &str,
        body: &Value,
        now: Instant,
    ) -> Result<Answer, SecretError> {
        let call = Call {
            method: Method::POST,
            path: "/".to_owned(),
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", format!("secretsmanager.{operation}")),
            ],
            body: body.to_string().into_bytes(),
        };
        let answer = self.0.send(call, now).await?;
        if answer.is_success() {
            return Ok(answer);
        }
        Err(SecretError::Refused { operation, name: name.to_owned(), said: answer.said() })
    }
}

/// The secrets of one function, by their names.
pub(crate) struct SecretSource {
    service: SecretsManager,
    named: Vec<(Secret, String)>,
}

impl SecretSource {
    /// What a function needs, under the names that its environment gives.
    pub fn of(needed: impl Iterator<Item = Secret>, sdk: &SdkConfig) -> Result<Self, ConfigError> {
        let named = needed.map(|secret| Ok((secret, variable(secret.variable())?)));
        Ok(Self::named(named.collect::<Result<_, _>>()?, sdk))
    }

    /// Every secret of the stack whose names begin with `prefix`.
    pub fn all(prefix: &str, sdk: &SdkConfig) -> Self {
        let named = Secret::ALL.map(|secret| (secret, format!("{prefix}{}", secret.name())));
        Self::named(named.into(), sdk)
    }

    pub fn named(named: Vec<(Secret, String)>, sdk: &SdkConfig) -> Self {
        Self { service: SecretsManager::new(sdk), named }
    }

    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// All of them, asked for side by side.
    pub async fn read(&self, now: Instant) -> Result<Secrets, SecretError> {
        let texts = self.named.iter().map(|(_, name)| self.service.value(name, now));
        let texts = futures::future::try_join_all(texts).await?;
        let mut secrets = Secrets::default();
        for ((secret, _), text) in self.named.iter().zip(texts) {
            secrets.read(*secret, &text)?;
        }
        Ok(secrets)
    }
}
