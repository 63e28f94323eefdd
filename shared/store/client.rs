//! The client of the tables: the SDK's, without what our calls do not need.
//!
//! Every call pays for what the SDK does around it, and a bid makes two. Left out are: the rules of
//! the endpoint (worked out once: nothing in our calls changes what they answer), the header that
//! tells AWS which parts of the SDK are in use, the header that counts attempts, and the watch over
//! streams that stall, where an attempt has a timeout: it is shorter. Calls are signed by
//! [`signer::Signer`], which keeps the key of the day.

mod signer;

use std::sync::OnceLock;

use aws_runtime::{request_info::RequestInfoInterceptor, user_agent::UserAgentInterceptor};
use aws_sdk_dynamodb::{
    Client,
    config::{
        Builder, ConfigBag, Intercept, StalledStreamProtectionConfig,
        endpoint::{DefaultResolver, Endpoint, EndpointFuture, Params, ResolveEndpoint},
        interceptors::BeforeSerializationInterceptorContextRef,
    },
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::{SharedInterceptor, disable_interceptor};
use aws_types::{SdkConfig, endpoint_config::AccountIdEndpointMode};

/// The client of the tables.
pub fn client(sdk: &SdkConfig) -> Client {
    let mut config = Builder::from(sdk)
        .endpoint_resolver(OneEndpoint::default())
        // Or the endpoint would differ between credentials.
        .account_id_endpoint_mode(AccountIdEndpointMode::Disabled)
        .push_auth_scheme(signer::Signer::default());
    if sdk.timeout_config().is_some_and(|times| times.operation_attempt_timeout().is_some()) {
        config.set_stalled_stream_protection(Some(StalledStreamProtectionConfig::disabled()));
    }
    config.push_interceptor(SharedInterceptor::permanent(Without));
    Client::from_conf(config.build())
}

/// Where a client's calls go: of all that the rules look at (region, address, network), nothing
/// changes in a client's life.
#[derive(Debug, Default)]
struct OneEndpoint(OnceLock<Endpoint>);

impl ResolveEndpoint for OneEndpoint {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        if let Some(endpoint) = self.0.get() {
            return EndpointFuture::ready(Ok(endpoint.clone()));
        }
        EndpointFuture::new(async {
            let rules = DefaultResolver::new();
            let found = ResolveEndpoint::resolve_endpoint(&rules, params).await?;
            // The address alone: the rest says how to sign, and the signer knows that.
            let endpoint = Endpoint::builder().url(found.url().to_owned()).build();
            Ok(self.0.get_or_init(|| endpoint).clone())
        })
    }
}

/// Turns off, call by call, what the SDK would add to the request.
#[derive(Debug)]
struct Without;

impl Intercept for Without {
    fn name(&self) -> &'static str {
        "Without"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let call = config.interceptor_state();
        call.store_put(disable_interceptor::<UserAgentInterceptor>("nobody reads it"));
        call.store_put(disable_interceptor::<RequestInfoInterceptor>("DynamoDB does not read it"));
        Ok(())
    }
}

#[cfg(test)]
mod tests;
