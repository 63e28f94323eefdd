//! A trade as its parties see it.

use axum::{Json, extract::State};
use kernel::{TradeId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::{
    command,
    view::{NamedTradeView, TradeView},
};

const PATH: &str = "/v1/trades/{tradeId}";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "get_trade",
    Http::get(PATH, || routes!(handle)).problems(&[codes::TRADE_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Trade).get(), Grant::table(Table::Identity).batch_get()]);

/// Shows a trade
///
/// To its seller, its buyer and admins, and to inspectors if it is inspected; for everybody else it
/// does not exist.
#[utoipa::path(
    get,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = NamedTradeView, description = "The trade"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<TradeId>,
) -> Result<Json<NamedTradeView>, Problem> {
    let (trade, actor) = command::find(&app, &caller, id).await?;
    let parties = [trade.agreement.seller, trade.agreement.buyer];
    let accounts = app.store.users_find(&parties).await?;
    let mut accounts = accounts.iter().map(Option::as_ref);
    let seller = accounts.next().flatten();
    let buyer = accounts.next().flatten();
    Ok(Json(TradeView::new(&trade, actor).named(seller, buyer)))
}

#[cfg(test)]
mod tests;
