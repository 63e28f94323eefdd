//! GET /v1/exchange/orders/{orderId} — one of the caller's orders.

use axum::extract::State;
use kernel::{OrderId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path,
    Problem, Reply, Trigger,
};
use store::{Read, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{refusal, view::OrderView};

pub const FUNCTION: Function = Function {
    context: "exchange",
    name: "get_order",
    summary: "Shows one of your orders",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/exchange/orders/{orderId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::ORDER_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Exchange, &["dynamodb:GetItem"])],
    memory_mb: 256,
    timeout_s: 10,
};

/// Shows one of your orders
///
/// An order past its time reads `expired`, swept or not.
#[utoipa::path(
    get,
    path = "/v1/exchange/orders/{orderId}",
    params(("orderId" = String, Path, format = Uuid, description = "The order")),
    responses((status = 200, body = OrderView, description = "The order as it stands"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<OrderId>,
) -> Result<Reply, Problem> {
    let order = app.store.order(id, Read::Consistent).await?;
    let order = order.filter(|order| order.user == caller.user);
    let order = order.ok_or_else(|| refusal::not_found(id))?;
    Reply::ok(&OrderView::new(&order, now))
}

#[cfg(test)]
mod tests;
