//! The public keys that tokens and receipts verify with, as the row has them.

use axum::{Json, extract::State, response::IntoResponse};
use http::header;
use platform::{Access, App, Function, Http, Problem};
use serde_json::{Value, json};
use store::{Read, public_keys::PublicKey};
use utoipa_axum::routes;

const PATH: &str = "/.well-known/jwks.json";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "read_jwks",
    Http::get(PATH, || routes!(handle)).access(Access::Public),
)
.timeout_s(5);

/// Shows the public keys that tokens and receipts verify with
///
/// A JSON Web Key Set (RFC 7517), to be kept for an hour.
#[utoipa::path(
    get,
    path = PATH,
    responses((
        status = 200,
        description = "The key set",
        body = serde_json::Value,
        example = json!({ "keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "kid": "0f1e2d3c4b5a6978", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        }]}),
    )),
)]
async fn handle(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let row = app.public_keys(Read::Eventual).await.map_err(Problem::try_again)?;
    let keys: Vec<_> = row.keys.iter().map(jwk).collect();
    // Before the first key is there, none is the answer for this moment alone.
    let kept = if keys.is_empty() { "no-cache" } else { "public, max-age=3600" };
    Ok(([(header::CACHE_CONTROL, kept)], Json(json!({ "keys": keys }))))
}

fn jwk(key: &PublicKey) -> Value {
    json!({
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key.kid, "x": key.x,
    })
}

#[cfg(test)]
mod tests;
