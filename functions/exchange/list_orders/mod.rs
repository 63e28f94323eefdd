//! The caller's orders in one state.

use axum::extract::State;
use domain::exchange::OrderState;
use kernel::codes;
use platform::{
    App, Caller, Function, Grant, Http, Now, PageRequest, Paged, Problem, QueryString, Reply,
    Secret,
};
use serde::Deserialize;
use store::{Page, Table};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::view::OrderView;

const PATH: &str = "/v1/exchange/orders";

pub const FUNCTION: Function = Function::endpoint(
    "exchange",
    "list_orders",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Exchange).query()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListOrders {
    /// `open` (default), `matched`, `cancelled` or `expired`.
    #[serde(default)]
    #[param(inline)]
    status: Status,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    #[default]
    Open,
    Matched,
    Cancelled,
    Expired,
}

/// Lists your orders in one state
///
/// Newest first. An order past its time leaves `open` at once and comes to `expired` within a
/// minute; a page may hold fewer than `limit`: only `nextCursor: null` ends a list.
#[utoipa::path(
    get,
    path = PATH,
    params(ListOrders),
    responses((status = 200, body = Paged<OrderView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    QueryString(query): QueryString<ListOrders>,
) -> Result<Reply, Problem> {
    let scope = format!("exchange-list-orders#{}#{:?}", caller.user, query.status);
    let limit = query.limit.as_deref();
    let cursor = query.cursor.as_deref();
    let request = PageRequest::parse(&app, scope, limit, cursor)?;
    let state = query.status.state();
    let limit = request.limit;
    let after = request.after.clone();
    let page = app.store.orders_of(caller.user, state, limit, after).await?;
    let items = page.items.iter().filter(|order| order.state_at(now) == state);
    let items = items.map(|order| OrderView::new(order, now)).collect();
    Reply::ok(&request.render(&app, Page { items, next: page.next })?)
}

impl Status {
    const fn state(self) -> OrderState {
        match self {
            Self::Open => OrderState::Open,
            Self::Matched => OrderState::Matched,
            Self::Cancelled => OrderState::Cancelled,
            Self::Expired => OrderState::Expired,
        }
    }
}

#[cfg(test)]
mod tests;
