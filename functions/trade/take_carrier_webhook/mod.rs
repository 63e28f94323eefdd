//! Takes a notice that a parcel has moved; what it says is looked into, not believed.

use axum::{Json as Body, extract::State};
use http::StatusCode;
use platform::{Access, App, Function, Http, Json, Path, Problem, Secret, Service};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{on_carrier_webhook, parcel::number, watching};

const PATH: &str = "/v1/webhooks/carrier/{token}";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "take_carrier_webhook",
    Http::post(PATH, || routes!(handle)).takes_query().access(Access::Public),
)
.services(&[Service::queue_of(&on_carrier_webhook::FUNCTION)])
.timeout_s(9)
.secrets(&[Secret::Carrier]);

/// What we read of a notice. The provider adds fields as it likes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ParcelNotice {
    #[schema(example = "kr.cjlogistics")]
    carrier_id: String,
    #[schema(example = "688712345678", max_length = 40)]
    tracking_number: String,
}

#[derive(Serialize, ToSchema)]
struct ParcelNoticeTaken {
    /// Whether it will be looked into.
    queued: bool,
}

/// Takes a notice that a parcel has moved
///
/// Answered at once. A worker then asks the carrier: a notice carries no signature, so nothing it
/// says is believed. Its address is a secret between us and the provider, another one for each
/// parcel; a notice at a wrong one is let go.
#[utoipa::path(
    post,
    path = PATH,
    params(("token" = String, Path, description = "What shows that the notice is the provider's")),
    request_body = ParcelNotice,
    responses((status = 202, body = ParcelNoticeTaken, description = "Taken"))
)]
async fn handle(
    State(app): State<App>,
    Path(token): Path<String>,
    Json(notice): Json<ParcelNotice>,
) -> Result<(StatusCode, Body<ParcelNoticeTaken>), Problem> {
    let ParcelNotice { carrier_id, tracking_number } = notice;
    let number = number(&carrier_id, &tracking_number, "/carrierId")?;
    let queued = watching::is_token(&app, &number, &token)?;
    if queued {
        on_carrier_webhook::send(&app, &number).await?;
    }
    Ok((StatusCode::ACCEPTED, Body(ParcelNoticeTaken { queued })))
}

#[cfg(test)]
mod tests;
