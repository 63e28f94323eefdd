//! The product's own routes, as the demo's people call them.

use anyhow::{Context as _, bail};
use axum::{Router, body::Body};
use http::Request;
use http_body_util::BodyExt;
use kernel::UserId;
use platform::App;
use serde_json::Value;
use tower::ServiceExt;

pub(super) struct Market<'a> {
    pub app: &'a App,
    pub router: &'a Router,
}

impl Market<'_> {
    pub async fn call(
        &self,
        path: &str,
        token: Option<&str>,
        body: Value,
    ) -> anyhow::Result<Value> {
        let (status, answer) = self.send(path, token, body).await?;
        if status >= 300 {
            bail!("{path}: {status} {answer}");
        }
        Ok(answer)
    }

    pub async fn send(
        &self,
        path: &str,
        token: Option<&str>,
        body: Value,
    ) -> anyhow::Result<(u16, Value)> {
        let mut request = Request::post(path).header("content-type", "application/json");
        if let Some(token) = token {
            let key = self.app.entropy.uuid(self.app.clock.now());
            request = request.header("authorization", format!("Bearer {token}"));
            request = request.header("idempotency-key", key.to_string());
        }
        self.answer(request.body(Body::from(body.to_string()))?).await
    }

    async fn answer(&self, request: Request<Body>) -> anyhow::Result<(u16, Value)> {
        let response = self.router.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&bytes).context("an answer that is not JSON")?))
    }

    /// Who has this access token.
    pub async fn me(&self, token: &str) -> anyhow::Result<UserId> {
        let request = Request::get("/v1/me").header("authorization", format!("Bearer {token}"));
        let (_, me) = self.answer(request.body(Body::empty())?).await?;
        Ok(text(&me, "/id")?.parse()?)
    }
}

pub(super) fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.map(str::to_owned).with_context(|| format!("no {pointer} in {value}"))
}
