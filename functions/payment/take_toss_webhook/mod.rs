//! Takes a notice from Toss; what it says is looked into, not believed.

use axum::{Json as Body, extract::State};
use http::StatusCode;
use kernel::Span;
use platform::{Access, App, Function, Http, Json, Problem, Service};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    ending::webhook_seal,
    on_webhook::{self, Notice},
};

const PATH: &str = "/v1/webhooks/toss";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "take_toss_webhook",
    Http::post(PATH, || routes!(handle)).takes_query().access(Access::Public),
)
.services(&[Service::queue_of(&on_webhook::FUNCTION)])
.timeout_s(9);

/// No order id is longer.
const ORDER_CHARS_MAX: usize = 64;

/// What we read of a notice. Toss adds fields as it likes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TossNotice {
    /// `PAYMENT_STATUS_CHANGED` and others; absent in deposit callbacks.
    #[serde(default)]
    #[schema(example = "PAYMENT_STATUS_CHANGED")]
    event_type: Option<String>,
    /// The payment, in status notices.
    #[serde(default)]
    data: Option<TossNoticeData>,
    /// In deposit callbacks.
    #[serde(default)]
    #[schema(example = json!(null))]
    order_id: Option<String>,
    /// In deposit callbacks: what the payment was confirmed with.
    #[serde(default)]
    #[schema(example = json!(null))]
    secret: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TossNoticeData {
    #[serde(default)]
    #[schema(example = "01938f3c7e2a700080000000000000a1")]
    order_id: Option<String>,
}

#[derive(serde::Serialize, ToSchema)]
struct Taken {
    /// Whether it will be looked into.
    queued: bool,
}

/// Takes a notice from Toss
///
/// Answered at once. A worker then reads the payment at Toss: status notices carry no signature, so
/// nothing they say is believed. A deposit callback must carry its payment's secret.
#[utoipa::path(
    post,
    path = PATH,
    request_body = TossNotice,
    responses((status = 200, body = Taken, description = "Taken"))
)]
async fn handle(
    State(app): State<App>,
    Json(notice): Json<TossNotice>,
) -> Result<(StatusCode, Body<Taken>), Problem> {
    let is_status = notice.event_type.as_deref() == Some("PAYMENT_STATUS_CHANGED");
    let told = match (&notice.data, &notice.order_id, &notice.secret) {
        (Some(data), _, _) if is_status => data.order_id.clone().map(|order| (order, None)),
        // The secret itself goes no further than here.
        (None, Some(order), Some(secret)) => {
            Some((order.clone(), Some(webhook_seal(&app, secret)?)))
        }
        _ => None,
    };
    let told = told.filter(|(order, _)| order.len() <= ORDER_CHARS_MAX);
    let Some((order_id, seal)) = told else {
        return Ok((StatusCode::OK, Body(Taken { queued: false })));
    };
    app.publisher
        .send(on_webhook::FUNCTION.full_name(), &Notice { order_id, seal }, Span::millis(0))
        .await?;
    Ok((StatusCode::OK, Body(Taken { queued: true })))
}

#[cfg(test)]
mod tests;
