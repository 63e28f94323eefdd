//! The public keys that tokens and receipts verify with.

use axum::{Json, extract::State, response::IntoResponse};
use http::header;
use platform::{Access, App, Function, Http, Problem};
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
    let hour = [(header::CACHE_CONTROL, "public, max-age=3600")];
    Ok((hour, Json(app.keys.jwks())))
}

#[cfg(test)]
mod tests;
