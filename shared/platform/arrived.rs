//! When the gateway took a request: before a container had to start for it.

use axum::extract::FromRequestParts;
use http::{Extensions, request::Parts};
use kernel::{Instant, Span};

use crate::{Now, Problem};

/// The gateway gives an integration up after half a minute. A request that claims to have waited
/// longer is an event that somebody plays again: the function's clock counts.
const GATEWAY_WAITS: Span = Span::seconds(30);

/// When a local server (not API Gateway) took the request.
#[derive(Clone, Copy, Debug)]
pub struct TakenAt(pub Instant);

/// The gateway's clock when it took the request, and the function's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub at_gateway: Instant,
    pub now: Instant,
}

impl Arrived {
    pub(crate) fn of(extensions: &Extensions, now: Instant) -> Self {
        use lambda_http::request::RequestContext;
        let told = match (extensions.get::<TakenAt>(), extensions.get::<RequestContext>()) {
            (Some(TakenAt(at)), _) => Some(*at),
            (None, Some(RequestContext::ApiGatewayV2(context))) if context.time_epoch > 0 => {
                Some(Instant::from_millis(context.time_epoch))
            }
            _ => None,
        };
        let at_gateway = told.filter(|at| *at + GATEWAY_WAITS > now).unwrap_or(now);
        Self { at_gateway, now }
    }
}

impl<S: Sync> FromRequestParts<S> for Arrived {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Now(now) = Now::from_request_parts(parts, state).await?;
        Ok(Self::of(&parts.extensions, now))
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::request::RequestContext;

    use super::*;

    fn now() -> Instant {
        Instant::from_millis(1_900_000_000_000)
    }

    fn gateway(at: Instant) -> Extensions {
        let json = serde_json::json!({ "timeEpoch": at.millis(), "http": { "method": "POST" } });
        let context = serde_json::from_value(json).unwrap();
        let mut extensions = Extensions::new();
        extensions.insert(RequestContext::ApiGatewayV2(context));
        extensions
    }

    #[test]
    fn the_gateway_says_when_it_took_a_request() {
        let ago = |seconds| now() - Span::seconds(seconds);
        let cases = [
            (gateway(ago(0)), now()),
            (gateway(ago(7)), ago(7)),
            (gateway(now() + Span::seconds(1)), now() + Span::seconds(1)),
            // An event from a file.
            (gateway(ago(30)), now()),
            (gateway(ago(86_400 * 365)), now()),
            (gateway(Instant::from_millis(0)), now()),
            (Extensions::new(), now()),
        ];
        for (extensions, at_gateway) in cases {
            assert_eq!(Arrived::of(&extensions, now()), Arrived { at_gateway, now: now() });
        }
        let mut local = gateway(ago(7));
        local.insert(TakenAt(ago(1)));
        assert_eq!(Arrived::of(&local, now()).at_gateway, ago(1));
    }
}
