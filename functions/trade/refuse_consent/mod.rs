//! POST /v1/trades/{tradeId}/consent-refusal — refuses goods of 95 points.

use axum::extract::State;
use domain::trade::Command;
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Http, IdempotencyRule, Method, Now, Once, Path,
    Problem, Reply, Trigger,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    acting::{self, Asked},
    view::TradeView,
};

pub const FUNCTION: Function = Function {
    context: "trade",
    name: "refuse_consent",
    summary: "Refuses goods of 95 points",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/consent-refusal",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: acting::REFUNDING,
    memory_mb: 256,
    timeout_s: 10,
};

/// Refuses goods of 95 points
///
/// By the buyer. The trade is cancelled and refunded; nobody is at fault and nobody pays a penalty.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/consent-refusal",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "Cancelled and refunded"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, Command::RefuseConsent).await
}

#[cfg(test)]
mod tests;
