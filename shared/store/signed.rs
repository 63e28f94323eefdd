//! Calls to services of AWS that have no SDK of their own here (ADR 9): one signed request, one
//! answer. Signing, retries and timeouts are the SDK's; so are the connections.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::{body::SdkBody, retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::SdkConfig;
use http::{Method, Request};
use kernel::Instant;

/// What the service says when it is asked too much, and when it is not itself.
const RETRIED: [u16; 5] = [429, 500, 502, 503, 504];

/// A service of AWS, as signatures and addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    SecretsManager,
    S3,
}

/// Calls one service with what the SDK's clients are made of.
#[derive(Clone)]
pub struct Signed {
    sdk: SdkConfig,
    service: Service,
}

/// One request, without what says who sends it.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// After the service's address, encoded: `/` or `/bucket/key`.
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What came back, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// No answer, after all attempts.
#[derive(Debug, thiserror::Error)]
#[error("{service}: {reason}")]
pub struct CallError {
    service: &'static str,
    reason: String,
}

/// The answer is looked at by whoever called.
#[derive(Debug, thiserror::Error)]
#[error("no error of ours")]
struct Never;

impl Service {
    const fn name(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager",
            Self::S3 => "s3",
        }
    }

    /// S3 wants the body's hash in a header, and signs the path as it stands.
    fn settings(self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self == Self::S3 {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        settings
    }
}

impl Signed {
    #[must_use]
    pub fn new(sdk: &SdkConfig, service: Service) -> Self {
        Self { sdk: sdk.clone(), service }
    }

    fn error(&self, reason: impl fmt::Display) -> CallError {
        CallError { service: self.service.name(), reason: reason.to_string() }
    }

    fn region(&self) -> &str {
        self.sdk.region().map_or("us-east-1", |region| region.as_ref())
    }

    fn address(&self) -> String {
        let fixed = self.sdk.endpoint_url().map(|url| url.trim_end_matches('/').to_owned());
        let service = self.service.name();
        let region = self.region();
        fixed.unwrap_or_else(|| format!("https://{service}.{region}.amazonaws.com"))
    }

    /// Sends `call`, signed at `now`, until it is answered or the SDK's attempts are used up. A
    /// call must repeat safely.
    pub async fn send(&self, call: Call, now: Instant) -> Result<Answer, CallError> {
        let address = self.address();
        let signed = self.signed(&address, call, now).await?;
        let http_client = self.sdk.http_client().ok_or_else(|| self.error("no HTTP client"))?;
        let retries = self.sdk.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let timeouts = self.sdk.timeout_config().cloned();
        let operation = Operation::builder()
            .service_name(self.service.name())
            .operation_name("call")
            .http_client(http_client)
            .endpoint_url(&address)
            .no_auth()
            .standard_retry(&retries)
            .retry_classifier(TransientErrorClassifier::<Never>::new())
            .retry_classifier(HttpStatusCodeClassifier::new_from_codes(RETRIED.to_vec()))
            .timeout_config(timeouts.unwrap_or_else(TimeoutConfig::disabled))
            .serializer(|request: Request<Vec<u8>>| {
                Ok(HttpRequest::try_from(request.map(SdkBody::from))?)
            })
            .deserializer::<_, Never>(|response: &HttpResponse| Ok(Answer::of(response)))
            .build();
        Box::pin(operation.invoke(signed)).await.map_err(|error| self.error(Chain(&error)))
    }

    async fn signed(
        &self,
        address: &str,
        call: Call,
        now: Instant,
    ) -> Result<Request<Vec<u8>>, CallError> {
        let credentials = self.sdk.credentials_provider();
        let credentials = credentials.ok_or_else(|| self.error("no credentials"))?;
        let credentials = credentials.provide_credentials().await;
        let identity = credentials.map_err(|error| self.error(error))?.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region())
            .name(self.service.name())
            .time(system_time(now))
            .settings(self.service.settings())
            .build()
            .map_err(|error| self.error(error))?
            .into();
        let Call { method, path, headers, body } = call;
        let url = format!("{address}{path}");
        let signable = SignableRequest::new(
            method.as_str(),
            url.clone(),
            headers.iter().map(|(name, value)| (*name, value.as_str())),
            SignableBody::Bytes(&body),
        );
        let signable = signable.map_err(|error| self.error(error))?;
        let (instructions, _) =
            sign(signable, &params).map_err(|error| self.error(error))?.into_parts();
        let request = headers
            .iter()
            .fold(Request::builder().method(method).uri(url), |request, (name, value)| {
                request.header(*name, value)
            });
        let mut request = request.body(body).map_err(|error| self.error(error))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

impl Answer {
    fn of(response: &HttpResponse) -> Self {
        let body = response.body().bytes().unwrap_or_default().to_vec();
        Self { status: response.status().as_u16(), body }
    }

    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The beginning of what a failed call says, for an error's text.
    #[must_use]
    pub fn said(&self) -> String {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(200).collect();
        format!("{} {text}", self.status)
    }
}

fn system_time(now: Instant) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default())
}

/// An error with what it came from, on one line.
struct Chain<'a>(&'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = Some(self.0);
        let mut between = "";
        while let Some(error) = next {
            write!(f, "{between}{error}")?;
            (between, next) = (": ", error.source());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
