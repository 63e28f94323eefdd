//! POST /v1/trades/{tradeId}/confirm — confirms that the goods are as agreed.

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
    name: "confirm_trade",
    summary: "Confirms that the goods are as agreed",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/confirm",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: acting::GRANTS,
    memory_mb: 256,
    timeout_s: 10,
};

/// Confirms that the goods are as agreed
///
/// Completes the trade; the seller is paid. Possible from shipment on.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/confirm",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The trade is completed"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, Command::Confirm).await
}

#[cfg(test)]
mod tests;
