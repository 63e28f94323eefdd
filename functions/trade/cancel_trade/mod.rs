//! POST /v1/trades/{tradeId}/cancel — takes a sale back.

use axum::extract::State;
use domain::trade::Command;
use kernel::{TradeId, codes};
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
    name: "cancel_trade",
    summary: "Takes a sale back",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/cancel",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[
            codes::TRADE_NOT_FOUND,
            codes::FORBIDDEN,
            codes::WRONG_TRADE_STATE,
            codes::PAYMENT_IN_PROGRESS,
        ],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Trade, &["dynamodb:GetItem", "dynamodb:PutItem"]),
        Grant::table(Table::Wallet, &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
        Grant::table(Table::Outbox, &["dynamodb:PutItem"]),
        Grant::table(Table::Operation, &["dynamodb:GetItem", "dynamodb:PutItem"]),
    ],
    memory_mb: 256,
    timeout_s: 10,
};

const REASON_CHARS_MAX: usize = 200;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelTrade {
    /// 1 to 200 characters; both sides read it.
    #[schema(example = "물건이 파손되었습니다", max_length = 200)]
    reason: String,
}

/// Takes a sale back
///
/// The buyer before paying (it counts as an unpaid win, unless it is a second-chance offer); the
/// seller before shipping (once it is paid, for 5 % of the price within the first hour and 10 %
/// later, paid to the buyer); an admin until the goods are delivered. What was paid is refunded.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/cancel",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = CancelTrade,
    responses((status = 200, body = TradeView, description = "Cancelled, refunded if paid"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<CancelTrade>,
) -> Result<Reply, Problem> {
    let command = Command::Cancel { note: Some(reason(&body.reason)?) };
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, command).await
}

fn reason(raw: &str) -> Result<String, Problem> {
    let reason = raw.trim();
    if (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(reason.to_owned());
    }
    Err(Problem::field("/reason", "invalid", "The reason must have 1 to 200 characters."))
}

#[cfg(test)]
mod tests;
