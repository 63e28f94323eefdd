//! What the caller sells, buys, or inspects.

use axum::extract::State;
use domain::{identity::Role, trade};
use kernel::codes;
use platform::{
    App, Caller, Function, Grant, Http, PageRequest, Paged, Problem, QueryString, Reply, Secret,
};
use serde::Deserialize;
use store::{Page, Table};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{named, view::NamedTradeView};

const PATH: &str = "/v1/trades";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "list_trades",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .problems(&[codes::INVALID_CURSOR, codes::FORBIDDEN]),
)
.grants(&[Grant::table(Table::Trade).query(), Grant::table(Table::Identity).batch_get()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTrades {
    /// `seller`: what the caller sells; `buyer`: what the caller buys; `inspector`: what the
    /// inspection centre expects, has, or sends on (for inspectors and admins).
    #[param(inline)]
    role: Side,
    /// With `role=inspector`, and required there: which of the centre's trades.
    #[param(inline)]
    state: Option<CentreState>,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Side {
    Seller,
    Buyer,
    Inspector,
}

/// The states in which the centre has something to do, or waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum CentreState {
    InTransit,
    Inspecting,
    AwaitingConsent,
    Forwarding,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
enum List {
    Sold,
    Bought,
    Inspected(trade::State),
}

/// Lists the caller's trades
///
/// Newest first, with both sides' names; the inspection centre's, oldest first by when they entered
/// their state.
#[utoipa::path(
    get,
    path = PATH,
    params(ListTrades),
    responses((status = 200, body = Paged<NamedTradeView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    QueryString(query): QueryString<ListTrades>,
) -> Result<Reply, Problem> {
    let list = list(&query, &caller)?;
    let scope = format!("trade-list-trades#{}#{list:?}", caller.user);
    let limit = query.limit.as_deref();
    let cursor = query.cursor.as_deref();
    let request = PageRequest::parse(&app, scope, limit, cursor)?;
    let limit = request.limit;
    let after = request.after.clone();
    let page = match list {
        List::Sold => app.store.trades_sold(caller.user, limit, after).await?,
        List::Bought => app.store.trades_bought(caller.user, limit, after).await?,
        List::Inspected(state) => app.store.trades_inspected(state, limit, after).await?,
    };
    let items = named::with_names(&app, &caller, &page.items).await?;
    Reply::ok(&request.render(&app, Page { items, next: page.next })?)
}

fn list(query: &ListTrades, caller: &Caller) -> Result<List, Problem> {
    let staff = caller.has(Role::Inspector) || caller.has(Role::Admin);
    match (query.role, query.state) {
        (Side::Seller, None) => Ok(List::Sold),
        (Side::Buyer, None) => Ok(List::Bought),
        (Side::Seller | Side::Buyer, Some(_)) => {
            let detail = "Only the inspection centre's trades are listed by state.";
            Err(Problem::field("query/state", "invalid", detail))
        }
        (Side::Inspector, _) if !staff => {
            Err(Problem::new(codes::FORBIDDEN, "This list is the inspection centre's."))
        }
        (Side::Inspector, None) => Err(Problem::field("query/state", "required", "Name a state.")),
        (Side::Inspector, Some(state)) => Ok(List::Inspected(match state {
            CentreState::InTransit => trade::State::InTransit,
            CentreState::Inspecting => trade::State::Inspecting,
            CentreState::AwaitingConsent => trade::State::AwaitingConsent,
            CentreState::Forwarding => trade::State::Forwarding,
        })),
    }
}

#[cfg(test)]
pub(crate) mod tests;
