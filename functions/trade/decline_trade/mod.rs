//! POST /v1/trades/{tradeId}/decline — declines a second-chance offer.

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
    name: "decline_trade",
    summary: "Declines a second-chance offer",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/decline",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[
            codes::TRADE_NOT_FOUND,
            codes::FORBIDDEN,
            codes::WRONG_TRADE_STATE,
            codes::NOT_AN_OFFER,
            codes::PAYMENT_IN_PROGRESS,
        ],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: acting::GRANTS,
    memory_mb: 256,
    timeout_s: 10,
};

/// Declines a second-chance offer
///
/// The next bidder is asked at once. Declining costs nothing; a winner who will not pay uses
/// `cancel`.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/decline",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The offer is declined"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, Command::Decline).await
}

#[cfg(test)]
mod tests;
