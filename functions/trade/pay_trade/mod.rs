//! POST /v1/trades/{tradeId}/pay — pays a trade from the wallet.

use axum::extract::State;
use domain::trade::Command;
use kernel::{AddressId, TradeId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Json, Method, Now, Once,
    Path, Problem, Reply, Trigger,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    acting::{self, Asked},
    view::TradeView,
};

pub const FUNCTION: Function = Function {
    context: "trade",
    name: "pay_trade",
    summary: "Pays a trade from the wallet",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/pay",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[
            codes::TRADE_NOT_FOUND,
            codes::ADDRESS_NOT_FOUND,
            codes::FORBIDDEN,
            codes::WRONG_TRADE_STATE,
            codes::PAYMENT_IN_PROGRESS,
            codes::PAYMENT_OVERDUE,
            codes::INSUFFICIENT_BALANCE,
        ],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Identity, &["dynamodb:GetItem"]),
        Grant::table(Table::Trade, &["dynamodb:GetItem", "dynamodb:PutItem"]),
        Grant::table(Table::Wallet, &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
        Grant::table(Table::Outbox, &["dynamodb:PutItem"]),
        Grant::table(Table::Operation, &["dynamodb:GetItem", "dynamodb:PutItem"]),
    ],
    memory_mb: 256,
    timeout_s: 10,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PayTrade {
    /// From the caller's address book. The trade keeps a copy.
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
}

/// Pays a trade from the wallet
///
/// The money waits in escrow until the buyer confirms. Paying a second-chance offer accepts it. The
/// seller has 48 hours to ship.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/pay",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = PayTrade,
    responses((status = 200, body = TradeView, description = "Paid"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<PayTrade>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    acting::find(&app, &caller, trade).await?;
    let row = app.store.address(caller.user, body.address_id).await?;
    let row = row.ok_or_else(|| {
        Problem::new(codes::ADDRESS_NOT_FOUND, "Add the address to your address book first.")
    })?;
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, Command::Pay { address: row.address }).await
}

#[cfg(test)]
mod tests;
