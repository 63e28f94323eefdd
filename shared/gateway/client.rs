//! One HTTP exchange with a provider.

use std::sync::{Arc, OnceLock};

use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use kernel::Span;
use serde_json::Value;

use crate::{GatewayError, Transport};

/// An HTTP client that is built when first used: reading certificates costs more than a start may.
#[derive(Clone)]
pub(crate) struct Client {
    inner: Arc<OnceLock<reqwest::Client>>,
    answer_within: Span,
    /// Instead of the network.
    transport: Option<Arc<dyn Transport>>,
}

/// A request to a provider.
#[derive(Debug)]
pub(crate) struct Ask {
    pub method: Method,
    pub url: String,
    pub headers: HeaderMap,
    pub body: Option<Value>,
}

/// A request whose body is text, and so may its answer be.
#[derive(Debug)]
pub(crate) struct TextAsk {
    pub method: Method,
    pub url: String,
    pub headers: HeaderMap,
    pub body: Option<String>,
}

/// An answer that was read to its end and is JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Client {
    pub fn new(answer_within: Span) -> Self {
        Self { inner: Arc::new(OnceLock::new()), answer_within, transport: None }
    }

    /// The same by another way than the network, if there is one.
    pub fn by(self, transport: Option<Arc<dyn Transport>>) -> Self {
        Self { transport, ..self }
    }

    fn inner(&self) -> Result<&reqwest::Client, GatewayError> {
        if let Some(client) = self.inner.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            .timeout(self.answer_within.std())
            // A container may be frozen between two calls: a kept connection would be dead, and a
            // dead connection makes an unknown outcome out of nothing.
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build();
        let client =
            client.map_err(|error| GatewayError::Misconfigured(error.without_url().to_string()))?;
        Ok(self.inner.get_or_init(|| client))
    }

    /// Sends once. Whatever keeps the answer from being read leaves the outcome unknown.
    pub async fn ask(&self, ask: Ask) -> Result<Answer, GatewayError> {
        let Ask { method, url, mut headers, body } = ask;
        if body.is_some() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let body = body.map(|body| body.to_string().into_bytes());
        let (status, bytes) = self.send(method, url, headers, body).await?;
        let body = serde_json::from_slice(&bytes).map_err(|_| {
            GatewayError::Unknown(format!("an unreadable answer with status {status}"))
        })?;
        Ok(Answer { status, body })
    }

    /// Like [`Client::ask`], and leaves it to the caller to read the text.
    pub async fn ask_text(&self, ask: TextAsk) -> Result<(StatusCode, String), GatewayError> {
        let TextAsk { method, url, headers, body } = ask;
        let body = body.map(String::into_bytes);
        let (status, bytes) = self.send(method, url, headers, body).await?;
        Ok((status, String::from_utf8_lossy(&bytes).into_owned()))
    }

    async fn send(
        &self,
        method: Method,
        url: String,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
    ) -> Result<(StatusCode, Vec<u8>), GatewayError> {
        if let Some(transport) = &self.transport {
            let mut request = Request::new(body.unwrap_or_default());
            *request.method_mut() = method;
            *request.headers_mut() = headers;
            let uri = url.parse();
            *request.uri_mut() =
                uri.map_err(|_| GatewayError::Misconfigured("a provider's URL".to_owned()))?;
            let answer = transport.carry(request, self.answer_within).await;
            let (parts, body) = answer.map_err(GatewayError::Unknown)?.into_parts();
            return Ok((parts.status, body));
        }
        let request = self.inner()?.request(method, url).headers(headers);
        let request = match body {
            Some(body) => request.body(body),
            None => request,
        };
        // Without the URL: a path may carry a key.
        let unknown = |error: reqwest::Error| {
            let kind = if error.is_timeout() { "timeout" } else { "no answer" };
            GatewayError::Unknown(format!("{kind}: {}", error.without_url()))
        };
        let response = request.send().await.map_err(unknown)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unknown)?;
        Ok((status, bytes.to_vec()))
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}
