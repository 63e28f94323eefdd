//! How a command reaches the tables of a real endpoint: by what the environment says.

use anyhow::Context as _;
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::{SdkConfig, region::Region};

/// The configuration of clients that call `url`. Region and credentials are read from the variables
/// that AWS's own tools set (`aws configure export-credentials --format env`); profiles are not.
pub fn sdk_config(url: String) -> anyhow::Result<SdkConfig> {
    let key = variable("AWS_ACCESS_KEY_ID")?;
    let secret = variable("AWS_SECRET_ACCESS_KEY")?;
    let token = variable("AWS_SESSION_TOKEN").ok().filter(|token| !token.is_empty());
    let credentials = Credentials::new(key, secret, token, None, "environment");
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(variable("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build())
}

#[expect(clippy::disallowed_methods, reason = "a command is told by its environment where to look")]
fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("{name} is not set"))
}
