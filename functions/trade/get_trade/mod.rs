//! GET /v1/trades/{tradeId} — a trade as its parties see it.

use axum::{Json, extract::State};
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    acting,
    view::{NamedTradeView, TradeView},
};

pub const FUNCTION: Function = Function {
    context: "trade",
    name: "get_trade",
    summary: "Shows a trade",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/trades/{tradeId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::TRADE_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Trade, &["dynamodb:GetItem"]),
        Grant::table(Table::Identity, &["dynamodb:BatchGetItem"]),
    ],
    memory_mb: 256,
    timeout_s: 10,
};

/// Shows a trade
///
/// To its seller, its buyer and admins, and to inspectors if it is inspected; for everybody else it
/// does not exist.
#[utoipa::path(
    get,
    path = "/v1/trades/{tradeId}",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = NamedTradeView, description = "The trade"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<TradeId>,
) -> Result<Json<NamedTradeView>, Problem> {
    let (trade, actor) = acting::find(&app, &caller, id).await?;
    let parties = [trade.agreement.seller, trade.agreement.buyer];
    let accounts = app.store.users_find(&parties).await?;
    let mut accounts = accounts.iter().map(Option::as_ref);
    let named = (accounts.next().flatten(), accounts.next().flatten());
    Ok(Json(TradeView::new(&trade, actor).named(named)))
}

#[cfg(test)]
mod tests;
