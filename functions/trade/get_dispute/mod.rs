//! A dispute with everything that was said.

use axum::extract::State;
use kernel::{TradeId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem, Reply};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command,
    dispute_view::{PATH, StatementView, TradeDisputeView},
    refusal,
};

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "get_dispute",
    Http::get(PATH, || routes!(handle))
        .problems(&[codes::TRADE_NOT_FOUND, codes::WRONG_TRADE_STATE]),
)
.grants(&[Grant::table(Table::Trade).get().query()]);

/// A dispute, with what both sides say.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DisputeView {
    #[serde(flatten)]
    dispute: TradeDisputeView,
    /// Oldest first.
    statements: Vec<StatementView>,
}

/// A dispute with everything that was said
///
/// For both sides, and for staff who decide. 409 `wrong-trade-state` where nobody ever complained.
#[utoipa::path(
    get,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = DisputeView, description = "As it stands"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<TradeId>,
) -> Result<Reply, Problem> {
    let (trade, _) = command::find(&app, &caller, id).await?;
    let Some(dispute) = TradeDisputeView::new(&trade) else {
        return Err(refusal::wrong_state(&trade));
    };
    let statements = app.store.statements(id).await?;
    let statements = statements.iter().map(StatementView::new).collect();
    Reply::ok(&DisputeView { dispute, statements })
}

#[cfg(test)]
mod tests;
