//! What a user sells, or buys, for admins.

use axum::extract::State;
use domain::identity::Role;
use kernel::{UserId, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, PageRequest, Paged, Path, Problem, QueryString,
    Reply, Secret,
};
use serde::Deserialize;
use store::{Page, Table};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{named, view::NamedTradeView};

const PATH: &str = "/v1/users/{userId}/trades";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "list_user_trades",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Role(Role::Admin))
        .problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Trade).query(), Grant::table(Table::Identity).batch_get()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListUserTrades {
    /// `seller`: what the user sells; `buyer`: what the user buys.
    #[param(inline)]
    role: UserSide,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum UserSide {
    Seller,
    Buyer,
}

/// Lists any user's trades
///
/// For admins; newest first, with both sides' names. Empty for a user who does not exist.
#[utoipa::path(
    get,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "The user"), ListUserTrades),
    responses((status = 200, body = Paged<NamedTradeView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
    QueryString(query): QueryString<ListUserTrades>,
) -> Result<Reply, Problem> {
    let scope = format!("trade-list-user-trades#{user}#{:?}", query.role);
    let limit = query.limit.as_deref();
    let cursor = query.cursor.as_deref();
    let request = PageRequest::parse(&app, scope, limit, cursor)?;
    let limit = request.limit;
    let after = request.after.clone();
    let page = match query.role {
        UserSide::Seller => app.store.trades_sold(user, None, limit, after).await?,
        UserSide::Buyer => app.store.trades_bought(user, None, limit, after).await?,
    };
    let items = named::with_names(&app, &caller, &page.items).await?;
    Reply::ok(&request.render(&app, Page { items, next: page.next })?)
}

#[cfg(test)]
mod tests;
