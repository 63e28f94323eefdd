//! GET /v1/trades — what the caller sells, or buys.

use std::collections::BTreeMap;

use axum::extract::State;
use domain::trade::{Actor, Trade};
use kernel::{UserId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageRequest,
    Paged, Problem, QueryString, Reply, Trigger,
};
use serde::Deserialize;
use store::{Page, Table};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::view::{NamedTradeView, TradeView};

pub const FUNCTION: Function = Function {
    context: "trade",
    name: "list_trades",
    summary: "Lists the caller's trades",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/trades",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Trade, &["dynamodb:Query"]),
        Grant::table(Table::Identity, &["dynamodb:BatchGetItem"]),
    ],
    memory_mb: 256,
    timeout_s: 10,
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListTrades {
    /// `seller`: what the caller sells; `buyer`: what the caller buys.
    #[param(inline)]
    role: Side,
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
}

/// Lists the caller's trades
///
/// Newest first, with both sides' names.
#[utoipa::path(
    get,
    path = "/v1/trades",
    params(ListTrades),
    responses((status = 200, body = Paged<NamedTradeView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    QueryString(query): QueryString<ListTrades>,
) -> Result<Reply, Problem> {
    let scope = format!("trade-list-trades#{}#{:?}", caller.user, query.role);
    let (limit, cursor) = (query.limit.as_deref(), query.cursor.as_deref());
    let request = PageRequest::parse(&app, scope, limit, cursor)?;
    let after = request.after.clone();
    let (page, actor) = match query.role {
        Side::Seller => {
            (app.store.trades_sold(caller.user, request.limit, after).await?, Actor::Seller)
        }
        Side::Buyer => {
            (app.store.trades_bought(caller.user, request.limit, after).await?, Actor::Buyer)
        }
    };
    let items = with_names(&app, &caller, &page.items, actor).await?;
    Reply::ok(&request.render(&app, Page { items, next: page.next })?)
}

async fn with_names(
    app: &App,
    caller: &Caller,
    trades: &[Trade],
    actor: Actor,
) -> Result<Vec<NamedTradeView>, Problem> {
    if trades.is_empty() {
        return Ok(Vec::new());
    }
    // The caller and at most one other person per trade: at most 101, a batch takes 100.
    let other = |trade: &Trade| match actor {
        Actor::Seller => trade.agreement.buyer,
        _ => trade.agreement.seller,
    };
    let mut others: Vec<UserId> = trades.iter().map(other).collect();
    others.sort_unstable();
    others.dedup();
    let mut accounts = app.store.users_find(&others).await?;
    accounts.extend(app.store.users_find(&[caller.user]).await?);
    others.push(caller.user);
    let found = others.into_iter().zip(&accounts);
    let accounts: BTreeMap<UserId, _> =
        found.filter_map(|(user, account)| Some((user, account.as_ref()?))).collect();
    let named = trades.iter().map(|trade| {
        let of = |user: &UserId| accounts.get(user).copied();
        let parties = (of(&trade.agreement.seller), of(&trade.agreement.buyer));
        TradeView::new(trade, actor).named(parties)
    });
    Ok(named.collect())
}

#[cfg(test)]
mod tests;
