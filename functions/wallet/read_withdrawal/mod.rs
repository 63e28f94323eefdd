//! How far one of the caller's withdrawals is.

use axum::{Json, extract::State};
use kernel::{WithdrawalId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::withdrawal_view::WithdrawalView;

const PATH: &str = "/v1/wallet/withdrawals/{withdrawalId}";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "read_withdrawal",
    Http::get(PATH, || routes!(handle)).problems(&[codes::WITHDRAWAL_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Wallet).get()])
.timeout_s(5);

/// Shows how far a withdrawal is
///
/// `requested` ends as `stopped` or goes on as `sending`; that ends as `done` or `failed`.
#[utoipa::path(
    get,
    path = PATH,
    params((
        "withdrawalId" = String, Path, format = "uuid", description = "The withdrawal's id",
        example = "01938f3c-7e2a-7000-8000-000000000001",
    )),
    responses((status = 200, description = "The withdrawal", body = WithdrawalView)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WithdrawalId>,
) -> Result<Json<WithdrawalView>, Problem> {
    let row = app.store.withdrawal(caller.user, id).await?;
    let row = row.ok_or_else(|| {
        Problem::new(codes::WITHDRAWAL_NOT_FOUND, "You have no withdrawal of this id.")
    })?;
    Ok(Json(WithdrawalView::from(&row)))
}

#[cfg(test)]
mod tests;
