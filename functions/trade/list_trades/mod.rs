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

use crate::{named, state_name::StateName, view::NamedTradeView};

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
    /// Only those in this state. Required with `role=inspector`, which knows `in_transit`,
    /// `inspecting`, `awaiting_consent` and `forwarding`.
    #[param(inline)]
    state: Option<StateName>,
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

/// What is asked for.
#[derive(Clone, Copy, Debug)]
enum List {
    Sold(Option<trade::State>),
    Bought(Option<trade::State>),
    Inspected(trade::State),
}

/// Lists the caller's trades
///
/// Newest first, with both sides' names; the inspection centre's, oldest first by when they entered
/// their state. Of the newest trades one request looks at 400 at most: a page of one state may be
/// short, or empty, and only `nextCursor: null` says that there are no more.
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
        List::Sold(state) => app.store.trades_sold(caller.user, state, limit, after).await?,
        List::Bought(state) => app.store.trades_bought(caller.user, state, limit, after).await?,
        List::Inspected(state) => app.store.trades_inspected(state, limit, after).await?,
    };
    let items = named::with_names(&app, &caller, &page.items).await?;
    Reply::ok(&request.render(&app, Page { items, next: page.next })?)
}

fn list(query: &ListTrades, caller: &Caller) -> Result<List, Problem> {
    let staff = caller.has(Role::Inspector) || caller.has(Role::Admin);
    match (query.role, query.state) {
        (Side::Seller, state) => Ok(List::Sold(state.map(trade::State::from))),
        (Side::Buyer, state) => Ok(List::Bought(state.map(trade::State::from))),
        (Side::Inspector, _) if !staff => {
            Err(Problem::new(codes::FORBIDDEN, "This list is the inspection centre's."))
        }
        (Side::Inspector, None) => Err(Problem::field("query/state", "required", "Name a state.")),
        (
            Side::Inspector,
            Some(
                state @ (StateName::InTransit
                | StateName::Inspecting
                | StateName::AwaitingConsent
                | StateName::Forwarding),
            ),
        ) => Ok(List::Inspected(state.into())),
        (Side::Inspector, Some(_)) => {
            let detail = "The inspection centre has no trades in that state.";
            Err(Problem::field("query/state", "invalid", detail))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
