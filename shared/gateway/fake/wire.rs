//! The providers without a socket: in the task of whoever asks.

use std::{convert::Infallible, fmt};

use axum::{Router, body::Body};
use futures::StreamExt;
use http::{Request, Response};
use kernel::Span;

use super::Providers;
use crate::{Carried, Transport};

/// Carries requests straight to the providers' router.
#[derive(Clone)]
pub struct InProcess(Router);

impl Providers {
    /// The way to these providers that needs no socket.
    #[must_use]
    pub fn in_process(&self) -> InProcess {
        InProcess(self.router())
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl Transport for InProcess {
    fn carry(&self, request: Request<Vec<u8>>, answer_within: Span) -> Carried<'_> {
        let mut router = self.0.clone();
        Box::pin(async move {
            let answer = async {
                let asked = request.map(Body::from);
                let answered: Result<_, Infallible> =
                    tower_service::Service::call(&mut router, asked).await;
                let (parts, body) = match answered {
                    Ok(response) => response.into_parts(),
                    Err(never) => match never {},
                };
                let mut whole = Vec::new();
                let mut pieces = body.into_data_stream();
                while let Some(piece) = pieces.next().await {
                    whole.extend_from_slice(&piece.map_err(|error| error.to_string())?);
                }
                Ok(Response::from_parts(parts, whole))
            };
            let within = tokio::time::timeout(answer_within.std(), answer).await;
            within.unwrap_or_else(|_| Err("timeout".to_owned()))
        })
    }
}
