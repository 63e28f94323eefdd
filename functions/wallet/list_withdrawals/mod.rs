//! The caller's withdrawals, newest first.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    App, Caller, Function, Grant, Http, PageQuery, PageRequest, Paged, Problem, Secret,
};
use store::Table;
use utoipa_axum::routes;

use crate::withdrawal_view::WithdrawalView;

const PATH: &str = "/v1/wallet/withdrawals";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "list_withdrawals",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Wallet).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// Lists the caller's withdrawals, newest first
///
/// Finished ones stay listed.
#[utoipa::path(
    get,
    path = PATH,
    params(PageQuery),
    responses((status = 200, description = "A page of withdrawals", body = Paged<WithdrawalView>)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<WithdrawalView>>, Problem> {
    let rows = app.store.withdrawals(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|row| Ok::<_, Problem>(WithdrawalView::from(&row)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
