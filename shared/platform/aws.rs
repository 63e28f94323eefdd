//! How the AWS clients of a Lambda function are set up: with what Lambda gives it, and with one
//! pool of connections.
//!
//! The SDK's own loader (`aws-config`) would also look for profiles, web identities and container
//! roles, none of which a function has. Its HTTP client would parse the trust roots once for every
//! service, and once more for the first request.

use std::{sync::OnceLock, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion,
    http::{HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};

use crate::{AttemptTimes, Failure, config::variable};

/// The roots that every AWS endpoint's certificate chains to. Parsing the system's 144 instead
/// would be 93 % of the start.
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon-roots.pem");
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Region, credentials and (on a laptop) endpoint from the environment.
pub fn sdk_config(attempts: AttemptTimes) -> Result<SdkConfig, Failure> {
    let region = Region::new(variable("AWS_REGION")?);
    let credentials = SharedCredentialsProvider::new(credentials()?);
    let endpoint = variable("AWS_ENDPOINT_URL").ok();
    let mut config = configured(region, credentials, http_client()?, attempts);
    config.set_endpoint_url(endpoint);
    Ok(config.build())
}

/// Lambda gives a container its role's credentials once, for the container's life.
fn credentials() -> Result<Credentials, Failure> {
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    let token = variable("AWS_SESSION_TOKEN").ok().filter(|token| !token.is_empty());
    Ok(Credentials::new(key, secret, token, None, "environment"))
}

fn configured(
    region: Region,
    credentials: SharedCredentialsProvider,
    http_client: SharedHttpClient,
    attempts: AttemptTimes,
) -> aws_types::sdk_config::Builder {
    // One call that hangs must not use up the whole invocation: every call of ours repeats safely.
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(attempts.timeout.std())
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(region)
        .credentials_provider(credentials)
        .http_client(http_client)
        .retry_config(RetryConfig::standard().with_initial_backoff(attempts.backoff.std()))
        .timeout_config(timeouts)
        // An answer that was under way while the container was frozen looks like a clock that is
        // wrong, and the next calls are signed in the past. Lambda keeps its clocks in time.
        .disable_clock_skew_correction(true)
}

/// One connector for all clients, made when first asked for.
fn http_client() -> Result<SharedHttpClient, Failure> {
    let trust = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let tls = TlsContext::builder().with_trust_store(trust).build()?;
    let connector = OnceLock::new();
    // The settings that a client would pass are those above: they are the same for all.
    Ok(http_client_fn(move |_settings, _components| {
        let made: &SharedHttpConnector = connector.get_or_init(|| connect_with(tls.clone()));
        made.clone()
    }))
}

fn connect_with(tls: TlsContext) -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls)
        .build();
    SharedHttpConnector::new(connector)
}

#[cfg(test)]
mod tests;
