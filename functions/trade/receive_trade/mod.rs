//! POST /v1/trades/{tradeId}/receive — the goods have reached the inspection centre.

use axum::extract::State;
use domain::{identity::Role, trade::Command};
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
    name: "receive_trade",
    summary: "Says that the goods have reached the inspection centre",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/receive",
        access: Access::Role(Role::Inspector),
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: acting::GRANTS,
    memory_mb: 256,
    timeout_s: 10,
};

/// Says that the goods have reached the inspection centre
///
/// By an inspector who is neither buyer nor seller, of a trade that is inspected and on its way.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/receive",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The goods are inspected next"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, Command::Receive).await
}

#[cfg(test)]
mod tests;
