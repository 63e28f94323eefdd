//! DELETE /v1/me/watches/{auctionId} — takes an auction off the caller's watch list.

use axum::extract::State;
use http::StatusCode;
use kernel::AuctionId;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "unwatch_auction",
    summary: "Stops watching an auction",
    trigger: Trigger::Http(Http {
        method: Method::Delete,
        path: "/v1/me/watches/{auctionId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Auction, &["dynamodb:DeleteItem"])],
    memory_mb: 256,
    timeout_s: 10,
};

/// An auction that was not watched stays so.
#[utoipa::path(
    delete,
    path = "/v1/me/watches/{auctionId}",
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    responses((status = 204, description = "Not watched"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(auction): Path<AuctionId>,
) -> Result<StatusCode, Problem> {
    app.store.unwatch(caller.user, auction).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
