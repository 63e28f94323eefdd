//! POST /v1/trades/{tradeId}/deliver — says that the goods have arrived.

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
    name: "deliver_trade",
    summary: "Says that the goods have arrived",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/deliver",
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

/// Says that the goods have arrived
///
/// By the seller, on the carrier's word; by an inspector, of goods that the inspection centre sent
/// on. The buyer has 72 hours to confirm or to object; silence
/// completes the trade. A buyer who has the goods may confirm without this.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/deliver",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "Waits for the buyer's word"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, Command::Deliver).await
}

#[cfg(test)]
mod tests;
