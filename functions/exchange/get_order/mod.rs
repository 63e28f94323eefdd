//! One of the caller's orders.

use axum::extract::State;
use kernel::{OrderId, codes};
use platform::{App, Caller, Function, Grant, Http, Now, Path, Problem, Reply};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{refusal, view::OrderView};

const PATH: &str = "/v1/exchange/orders/{orderId}";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "get_order",
    Http::get(PATH, || routes!(handle)).problems(&[codes::ORDER_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Exchange).get()]);

/// Shows one of your orders
///
/// An order past its time reads `expired`, swept or not.
#[utoipa::path(
    get,
    path = PATH,
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
